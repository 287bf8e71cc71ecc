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

/** The report of a bench, as text and as JSON. */
final class BenchReport {
    /** The version of the JSON object, incremented when a key is removed or changes its meaning. */
    static final int FORMAT = 1;

    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

    private BenchReport() {}

    static void print(BenchResult result, CommandContext context) {
        BenchOptions options = result.options();
        ReportFormat.line(
                context,
                "file",
                context.names().name(result.path()) + ", " + Units.bytes(result.used()) + " of it, "
                        + result.filesystem());
        ReportFormat.line(context, "workload", workload(result));
        if (result.interrupted()) {
            ReportFormat.line(context, "INTERRUPTED", "before the time was over: the figures cover the part that ran");
        }
        ReportFormat.line(
                context,
                "measured",
                Units.seconds(result.nanos()) + ", after " + Units.seconds(options.warmup.toNanos()) + " to warm up");
        if (options.mode.reads()) {
            print("read", result.reads(), result, context);
        }
        if (options.mode.writes()) {
            print("write", result.writes(), result, context);
        }
        if (options.fsync > 0) {
            ReportFormat.line(
                    context,
                    "fsync",
                    String.format(
                            Locale.ROOT,
                            "%d syncs, %.0f per second",
                            result.syncs().count(),
                            result.perSecond(result.syncs().count())));
            printLatency(result.syncs(), context);
        }
        if (options.rate != null) {
            ReportFormat.line(
                    context,
                    "rate",
                    options.rate + " operations per second requested, " + result.unstarted()
                            + " not started when the time was over; latencies are measured from the intended start");
        }
        long operations = Math.max(1, result.operations());
        ReportFormat.line(
                context,
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
                + (options.fsync > 0 ? ", fsync after every " + options.fsync + " writes" : "")
                + ", " + (options.engine == BenchEngine.Kind.QUEUE ? "AioQueue" : "AioContext")
                + ", seed " + result.seed();
    }

    private static void print(String name, LatencyHistogram latencies, BenchResult result, CommandContext context) {
        ReportFormat.line(
                context,
                name,
                String.format(
                        Locale.ROOT,
                        "%d operations, %.0f IOPS, %s",
                        latencies.count(),
                        result.perSecond(latencies.count()),
                        Units.rate(result.perSecond(latencies.bytes()))));
        printLatency(latencies, context);
    }

    private static void printLatency(LatencyHistogram latencies, CommandContext context) {
        if (latencies.count() > 0) {
            StringBuilder words = new StringBuilder("mean " + Units.latency(latencies.mean()));
            for (double percentile : PERCENTILES) {
                words.append(", ")
                        .append(label(percentile))
                        .append(' ')
                        .append(Units.latency(latencies.percentile(percentile)));
            }
            ReportFormat.line(context, "  latency", words + ", max " + Units.latency(latencies.max()));
        }
    }

    /** Returns the name of a percentile, such as {@code p50} or {@code p99.9}. */
    private static String label(double percentile) {
        String number = Double.toString(percentile);
        return "p" + (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number);
    }

    /** Returns the object that {@code --json} prints. Its keys are documented in command-line.md. */
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
        json.put("fsync", options.fsync);
        json.put("seed", result.seed());
        json.put("rate", options.rate);
        json.put("unstarted", result.unstarted());
        json.put("seconds", result.nanos() / 1e9);
        json.put("read", options.mode.reads() ? json(result.reads(), result) : null);
        json.put("write", options.mode.writes() ? json(result.writes(), result) : null);
        json.put("sync", options.fsync > 0 ? syncs(result) : null);
        json.put(
                "processorNanosPerOperation",
                result.operations() == 0 ? null : (double) result.processorNanos() / result.operations());
        return json;
    }

    private static Map<String, Object> json(LatencyHistogram latencies, BenchResult result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("operations", latencies.count());
        json.put("bytes", latencies.bytes());
        json.put("iops", result.perSecond(latencies.count()));
        json.put("bytesPerSecond", result.perSecond(latencies.bytes()));
        json.put("latencyNanos", latencies.count() == 0 ? null : latencies(latencies));
        return json;
    }

    private static Map<String, Object> syncs(BenchResult result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("operations", result.syncs().count());
        json.put("latencyNanos", result.syncs().count() == 0 ? null : latencies(result.syncs()));
        return json;
    }

    private static Map<String, Object> latencies(LatencyHistogram latencies) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("min", latencies.min());
        json.put("mean", latencies.mean());
        for (double percentile : PERCENTILES) {
            json.put(label(percentile), latencies.percentile(percentile));
        }
        json.put("max", latencies.max());
        return json;
    }
}
