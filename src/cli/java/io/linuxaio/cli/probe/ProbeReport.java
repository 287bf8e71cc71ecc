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

/** What a probe has found, for people and for programs. */
final class ProbeReport {
    /** Counts the versions of the JSON object: one more where a key goes or changes its meaning. */
    static final int FORMAT = 1;

    private static final String ROW = "%-12s%10s%10s%10s  %10s%10s%10s  %s%n";

    private ProbeReport() {}

    static void print(ProbeResult result, CommandContext session) {
        AioProbeResult support = result.support();
        ReportFormat.line(session, "path", session.names().name(support.path()));
        ReportFormat.line(session, "filesystem", support.filesystem());
        ReportFormat.line(session, "O_DIRECT", support.directIo() ? "works" : "does not work");
        support.problem().ifPresent(problem -> ReportFormat.line(session, "problem", Failures.words(problem)));
        if (result.trials() != null) {
            print(result.trials(), support, session);
        }
        session.out().println();
        for (String sentence : ProbeAdvice.of(result)) {
            session.out().println(sentence);
        }
    }

    private static void print(ProbeResult.Trials trials, AioProbeResult support, CommandContext session) {
        support.alignment()
                .ifPresent(alignment -> ReportFormat.line(
                        session, "alignment", words(alignment) + " (" + support.alignmentSource() + ")"));
        ReportFormat.line(session, "  memory", words(trials.alignments().memory()));
        ReportFormat.line(session, "  position", words(trials.alignments().offset()));
        ReportFormat.line(
                session,
                "NOWAIT",
                "reads: " + trials.nowaitReads().words() + "; overwrites: "
                        + trials.nowaitOverwrites().words());
        session.out().println();
        session.out().println(SubmitProbe.BATCH + " writes of " + Units.bytes(trials.blockSize()) + " at once");
        session.out()
                .printf(Locale.ROOT, ROW, "", "submit p50", "p99", "worst", "done p50", "p99", "worst", "submit waits");
        trials.submits().forEach((kind, times) -> row(kind, times, session));
    }

    private static void row(SubmitKind kind, SubmitTimes times, CommandContext session) {
        LatencyHistogram submit = times.submit();
        LatencyHistogram done = times.done();
        session.out()
                .printf(
                        Locale.ROOT,
                        ROW,
                        kind.label(),
                        Units.latency(submit.percentile(50)),
                        Units.latency(submit.percentile(99)),
                        Units.latency(submit.worst()),
                        Units.latency(done.percentile(50)),
                        Units.latency(done.percentile(99)),
                        Units.latency(done.worst()),
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

    /** The object that {@code --json} prints; its keys are described in command-line.md. */
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

    private static Map<String, Object> json(LatencyHistogram measures) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("p50", measures.percentile(50));
        json.put("p99", measures.percentile(99));
        json.put("worst", measures.worst());
        return json;
    }
}
