package io.linuxaio.cli.bench;

import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.FileNames;
import io.linuxaio.cli.runtime.ReportFormat;
import io.linuxaio.cli.runtime.Version;
import io.linuxaio.cli.text.LatencyHistogram;
import io.linuxaio.cli.text.Units;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a bench has measured, for people and for programs. */
final class BenchReport {
    /** Counts the versions of the JSON object: one more where a key goes or changes its meaning. */
    static final int FORMAT = 1;

    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

    private BenchReport() {}

    static void print(BenchResult result, CommandContext session) {
        BenchOptions options = result.options();
        ReportFormat.line(
                session,
                "file",
                session.names().name(result.path()) + ", " + Units.bytes(result.used()) + " of it, "
                        + result.filesystem());
        ReportFormat.line(session, "workload", workload(result));
        if (result.interrupted()) {
            ReportFormat.line(session, "INTERRUPTED", "before the time was over: the figures are of the part that ran");
        }
        ReportFormat.line(
                session,
                "measured",
                Units.seconds(result.nanos()) + ", after " + Units.seconds(options.warmup.toNanos()) + " to warm up");
        if (options.mode.reads()) {
            print("read", result.reads(), result, session);
        }
        if (options.mode.writes()) {
            print("write", result.writes(), result, session);
        }
        if (options.rate != null) {
            ReportFormat.line(
                    session,
                    "rate",
                    options.rate + " operations per second asked for, " + result.unstarted()
                            + " not begun when the time was over; latencies count from when each was to begin");
        }
        long operations = Math.max(1, result.operations());
        ReportFormat.line(
                session,
                "processor",
                String.format(
                        Locale.ROOT,
                        "%.2f us per operation, %.0f %% of one processor",
                        result.processorNanos() / 1e3 / operations,
                        100.0 * result.processorNanos() / Math.max(1, result.nanos())));
    }

    private static String workload(BenchResult result) {
        BenchOptions options = result.options();
        return options.mode.word()
                + (options.mode.mixed() ? " (" + options.mix + " % read)" : "")
                + ", blocks of " + Units.bytes(options.requests.blockSize) + ", " + options.requests.depth
                + " in flight, "
                + (result.direct() ? "O_DIRECT" : "page cache")
                + (options.dsync ? ", O_DSYNC" : "")
                + ", " + (options.engine == BenchEngine.Kind.QUEUE ? "AioQueue" : "AioContext")
                + ", seed " + result.seed();
    }

    private static void print(String name, LatencyHistogram measures, BenchResult result, CommandContext session) {
        ReportFormat.line(
                session,
                name,
                String.format(
                        Locale.ROOT,
                        "%d operations, %.0f IOPS, %s",
                        measures.count(),
                        result.perSecond(measures.count()),
                        Units.rate(result.perSecond(measures.bytes()))));
        if (measures.count() > 0) {
            StringBuilder words = new StringBuilder("mean " + Units.latency(measures.mean()));
            for (double percentile : PERCENTILES) {
                words.append(", ")
                        .append(label(percentile))
                        .append(' ')
                        .append(Units.latency(measures.percentile(percentile)));
            }
            ReportFormat.line(session, "  latency", words + ", worst " + Units.latency(measures.worst()));
        }
    }

    /** Such as {@code p50} or {@code p99.9}. */
    private static String label(double percentile) {
        String number = Double.toString(percentile);
        return "p" + (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number);
    }

    /** The object that {@code --json} prints; its keys are described in command-line.md. */
    static Map<String, Object> json(BenchResult result, FileNames names) {
        BenchOptions options = result.options();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", FORMAT);
        json.put("command", "bench");
        json.put("version", Version.version());
        json.put("interrupted", result.interrupted());
        json.put("file", names.name(result.path()));
        json.put("filesystem", result.filesystem());
        json.put("direct", result.direct());
        json.put("size", result.used());
        json.put("mode", options.mode.word());
        json.put("readPercent", options.mode.mixed() ? options.mix : options.mode.reads() ? 100 : 0);
        json.put("blockSize", options.requests.blockSize);
        json.put("depth", options.requests.depth);
        json.put("engine", options.engine.word());
        json.put("dsync", options.dsync);
        json.put("seed", result.seed());
        json.put("rate", options.rate);
        json.put("unstarted", result.unstarted());
        json.put("seconds", result.nanos() / 1e9);
        json.put("read", options.mode.reads() ? json(result.reads(), result) : null);
        json.put("write", options.mode.writes() ? json(result.writes(), result) : null);
        json.put(
                "processorNanosPerOperation",
                result.operations() == 0 ? null : (double) result.processorNanos() / result.operations());
        return json;
    }

    private static Map<String, Object> json(LatencyHistogram measures, BenchResult result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("operations", measures.count());
        json.put("bytes", measures.bytes());
        json.put("iops", result.perSecond(measures.count()));
        json.put("bytesPerSecond", result.perSecond(measures.bytes()));
        json.put("latencyNanos", measures.count() == 0 ? null : latencies(measures));
        return json;
    }

    private static Map<String, Object> latencies(LatencyHistogram measures) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("least", measures.least());
        json.put("mean", measures.mean());
        for (double percentile : PERCENTILES) {
            json.put(label(percentile), measures.percentile(percentile));
        }
        json.put("worst", measures.worst());
        return json;
    }
}
