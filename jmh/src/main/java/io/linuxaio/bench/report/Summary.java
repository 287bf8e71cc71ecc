package io.linuxaio.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The aggregation of raw results to rows. */
final class Summary {
    /** The share of compilation and garbage collection from which on a row says so. */
    private static final double MUCH = 0.05;

    private final Map<WorkloadKey, Map<String, List<JsonNode>>> lines = new TreeMap<>();

    private Summary() {}

    static List<Row> rows(List<JsonNode> raw) {
        Summary summary = new Summary();
        for (JsonNode line : raw) {
            if (line.has("contender")) {
                summary.lines
                        .computeIfAbsent(WorkloadKey.of(line), key -> new LinkedHashMap<>())
                        .computeIfAbsent(line.path("contender").asText(), key -> new ArrayList<>())
                        .add(line);
            }
        }
        List<Row> rows = new ArrayList<>();
        summary.lines.forEach((workload, contenders) ->
                contenders.forEach((name, all) -> rows.add(row(workload, name, all, contenders))));
        rows.sort(java.util.Comparator.comparing(Row::workload)
                .thenComparing(Row::reference)
                .thenComparing(row -> row.contender().equals(row.reference()) ? "" : row.group())
                .thenComparing(Row::contender));
        return rows;
    }

    private static Row row(
            WorkloadKey workload, String name, List<JsonNode> all, Map<String, List<JsonNode>> contenders) {
        JsonNode first = all.getFirst();
        String reference = first.path("reference").asText();
        List<JsonNode> runs = ofPass(all, "measure");
        List<JsonNode> references = ofPass(contenders.getOrDefault(reference, List.of()), "measure");
        return new Row(
                workload,
                name,
                first.path("group").asText(),
                reference,
                ratio(runs, references, "wall_ns"),
                ratio(runs, references, "processor_ns"),
                spread(runs, "wall_ns"),
                spread(runs, "processor_ns"),
                spread(runs, "switches"),
                spread(runs, "bytes"),
                syscalls(runs),
                latencies(ofPass(all, "latency")),
                trouble(all, runs));
    }

    /** Returns the share of the processor time that the JVM spent on compilation and garbage collection while it was measured. */
    private static double jvmShare(List<JsonNode> runs) {
        Spread jvm = spread(runs, "jvm_ns");
        Spread processor = spread(runs, "processor_ns");
        return jvm == null || processor == null || processor.median() == 0 ? 0 : jvm.median() / processor.median();
    }

    private static List<JsonNode> ofPass(List<JsonNode> lines, String pass) {
        return lines.stream()
                .filter(line -> line.path("pass").asText().equals(pass) && !line.has("error"))
                .toList();
    }

    /** The middle of the windows of each run. */
    private static Spread spread(List<JsonNode> runs, String figure) {
        return Spread.of(runs.stream()
                .filter(run -> run.has(figure))
                .map(run -> middle(run, figure))
                .toList());
    }

    private static double middle(JsonNode run, String figure) {
        List<Double> windows = new ArrayList<>();
        run.path(figure).forEach(each -> windows.add(each.asDouble()));
        return Spread.of(windows).median();
    }

    private static Spread ratio(List<JsonNode> runs, List<JsonNode> references, String figure) {
        List<Double> ratios = new ArrayList<>();
        for (JsonNode run : runs) {
            Spread sameRound = spread(
                    references.stream()
                            .filter(each -> each.path("round").asInt()
                                    == run.path("round").asInt())
                            .toList(),
                    figure);
            if (sameRound != null && sameRound.median() > 0) {
                ratios.add(middle(run, figure) / sameRound.median());
            }
        }
        return Spread.of(ratios);
    }

    private static Map<String, Double> syscalls(List<JsonNode> runs) {
        Map<String, List<Double>> all = new TreeMap<>();
        for (JsonNode run : runs) {
            run.path("syscalls")
                    .properties()
                    .forEach(each -> all.computeIfAbsent(each.getKey(), k -> new ArrayList<>())
                            .add(each.getValue().asDouble()));
        }
        Map<String, Double> middles = new TreeMap<>();
        all.forEach((name, values) -> middles.put(name, Spread.of(values).median()));
        return middles;
    }

    private static Map<String, Spread> latencies(List<JsonNode> runs) {
        Map<String, Spread> latencies = new LinkedHashMap<>();
        for (String percentile : Report.PERCENTILES) {
            Spread spread = Spread.of(runs.stream()
                    .filter(run -> run.has(percentile))
                    .map(run -> run.path(percentile).asDouble())
                    .toList());
            if (spread != null) {
                latencies.put(percentile, spread);
            }
        }
        return latencies;
    }

    private static List<String> trouble(List<JsonNode> all, List<JsonNode> runs) {
        List<String> trouble = new ArrayList<>(all.stream()
                .filter(line -> line.has("reason") || line.has("error"))
                .map(line -> line.path("type").asText().equals("skipped")
                        ? "left out: " + line.path("reason").asText()
                        : "FAILED: "
                                + line.path(line.has("reason") ? "reason" : "error")
                                        .asText())
                .distinct()
                .toList());
        double share = jvmShare(runs);
        if (share > MUCH) {
            trouble.add(String.format(
                    Locale.ROOT,
                    "%.0f %% of its processor time was compilation and garbage collection: give more --warm-up-operations",
                    100 * share));
        }
        return trouble;
    }
}
