package io.linuxaio.cli.probe;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioProbeResult;
import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.Failures;
import io.linuxaio.cli.runtime.FileNames;
import io.linuxaio.cli.runtime.ReportFormat;
import io.linuxaio.cli.runtime.Version;
import io.linuxaio.cli.text.LatencyHistogram;
import io.linuxaio.cli.text.Units;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The report of a probe, as text and as JSON. */
final class ProbeReport {
    /** The version of the JSON object, incremented when a key is removed or changes its meaning. */
    static final int FORMAT = 1;

    private static final String ROW = "%-12s%10s%10s%10s  %10s%10s%10s  %s%n";

    private ProbeReport() {}

    static void print(ProbeResult result, CommandContext context) {
        AioProbeResult support = result.support();
        ReportFormat.line(context, "path", context.names().name(support.path()));
        ReportFormat.line(context, "filesystem", support.filesystem());
        ReportFormat.line(context, "O_DIRECT", support.directIo() ? "works" : "does not work");
        support.problem().ifPresent(problem -> ReportFormat.line(context, "problem", Failures.words(problem)));
        if (result.trials() != null) {
            print(result.trials(), support, context);
        }
        context.out().println();
        for (String sentence : ProbeAdvice.of(result)) {
            context.out().println(sentence);
        }
    }

    private static void print(ProbeResult.Trials trials, AioProbeResult support, CommandContext context) {
        support.alignment()
                .ifPresent(alignment -> ReportFormat.line(
                        context, "alignment", words(alignment) + " (" + support.alignmentSource() + ")"));
        ReportFormat.line(context, "  memory", words(trials.alignments().memory()));
        ReportFormat.line(context, "  position", words(trials.alignments().offset()));
        ReportFormat.line(
                context,
                "NOWAIT",
                "reads: " + trials.nowaitReads().words() + "; overwrites: "
                        + trials.nowaitOverwrites().words());
        context.out().println();
        context.out().println(SubmitProbe.BATCH + " writes of " + Units.bytes(trials.blockSize()) + " at once");
        context.out()
                .printf(Locale.ROOT, ROW, "", "submit p50", "p99", "max", "done p50", "p99", "max", "submit waits");
        trials.submits().forEach((kind, times) -> row(kind, times, context));
    }

    private static void row(SubmitKind kind, SubmitTimes times, CommandContext context) {
        LatencyHistogram submit = times.submit();
        LatencyHistogram done = times.done();
        context.out()
                .printf(
                        Locale.ROOT,
                        ROW,
                        kind.label(),
                        Units.latency(submit.percentile(50)),
                        Units.latency(submit.percentile(99)),
                        Units.latency(submit.max()),
                        Units.latency(done.percentile(50)),
                        Units.latency(done.percentile(99)),
                        Units.latency(done.max()),
                        times.blocking().name().toLowerCase(Locale.ROOT));
    }

    private static String words(AioAlignment alignment) {
        return "memory " + alignment.memory() + ", position and length " + alignment.offset();
    }

    private static String words(Map<Integer, AlignmentProbe.Outcome> outcomes) {
        return outcomes.entrySet().stream()
                .map(entry -> entry.getKey() + " " + word(entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String word(AlignmentProbe.Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Returns the object that {@code --json} prints. Its keys are documented in command-line.md. */
    static Map<String, Object> json(ProbeResult result, FileNames names) {
        AioProbeResult support = result.support();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", FORMAT);
        json.put("command", "probe");
        json.put("version", Version.version());
        json.put("path", names.name(support.path()));
        json.put("filesystem", support.filesystem());
        json.put("directIo", support.directIo());
        json.put("asynchronousIo", support.asynchronousIo());
        json.put("problem", support.problem().map(Failures::words).orElse(null));
        json.put("alignment", support.alignment().map(ProbeReport::json).orElse(null));
        json.put("alignmentSource", support.alignmentSource().isEmpty() ? null : support.alignmentSource());
        ProbeResult.Trials trials = result.trials();
        json.put("taken", trials == null ? null : taken(trials.alignments()));
        json.put("nowait", trials == null ? null : nowait(trials));
        json.put("batch", SubmitProbe.BATCH);
        json.put("blockSize", trials == null ? null : trials.blockSize());
        json.put("submits", trials == null ? null : submits(trials.submits()));
        json.put("verdict", ProbeAdvice.of(result));
        return json;
    }

    private static Map<String, Object> json(AioAlignment alignment) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("memory", alignment.memory());
        json.put("offset", alignment.offset());
        return json;
    }

    private static Map<String, Object> taken(AlignmentProbe.Outcomes outcomes) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("memory", taken(outcomes.memory()));
        json.put("offset", taken(outcomes.offset()));
        return json;
    }

    private static List<Integer> taken(Map<Integer, AlignmentProbe.Outcome> outcomes) {
        return outcomes.entrySet().stream()
                .filter(entry -> entry.getValue() == AlignmentProbe.Outcome.TAKEN)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Map<String, Object> nowait(ProbeResult.Trials trials) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("reads", json(trials.nowaitReads()));
        json.put("overwrites", json(trials.nowaitOverwrites()));
        return json;
    }

    private static Map<String, Object> json(NowaitProbe.Outcome outcome) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("taken", outcome.taken());
        json.put("refused", outcome.refused());
        json.put("unsupported", outcome.unsupported());
        return json;
    }

    private static Map<String, Object> submits(Map<SubmitKind, SubmitTimes> submits) {
        Map<String, Object> json = new LinkedHashMap<>();
        submits.forEach((kind, times) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("blocks", times.blocking().name().toLowerCase(Locale.ROOT));
            one.put("share", times.share());
            one.put("batches", times.submit().count());
            one.put("submitNanos", json(times.submit()));
            one.put("doneNanos", json(times.done()));
            json.put(kind.name().toLowerCase(Locale.ROOT), one);
        });
        return json;
    }

    private static Map<String, Object> json(LatencyHistogram latencies) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("p50", latencies.percentile(50));
        json.put("p99", latencies.percentile(99));
        json.put("max", latencies.max());
        return json;
    }
}
