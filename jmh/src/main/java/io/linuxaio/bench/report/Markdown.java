package io.linuxaio.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** The results as Markdown tables. */
final class Markdown {
    private static final String NOTHING = "–";

    private final StringBuilder text = new StringBuilder();

    private Markdown() {}

    static String of(Conditions conditions, List<Row> rows, List<String> plots) {
        Markdown markdown = new Markdown();
        markdown.conditions(conditions, rows);
        for (WorkloadKey workload :
                new TreeSet<>(rows.stream().map(Row::workload).toList())) {
            List<Row> own =
                    rows.stream().filter(row -> row.workload().equals(workload)).toList();
            markdown.line("", "## " + capital(workload.toString()), "");
            markdown.costs(own);
            markdown.latencies(own);
            markdown.trouble(own);
        }
        if (!plots.isEmpty()) {
            markdown.line("", "## Plots", "");
            plots.forEach(plot -> markdown.line("![" + plot.replace(".png", "") + "](" + plot + ")"));
        }
        return markdown.text.toString();
    }

    private void conditions(Conditions conditions, List<Row> rows) {
        line("# Benchmark of linux-aio", "");
        for (Map.Entry<String, JsonNode> fact :
                conditions.start().path("machine").properties()) {
            line("- " + fact.getKey() + ": " + fact.getValue().asText());
        }
        line("- rounds: " + conditions.start().path("rounds").asText());
        if (!conditions.start().path("properties").isEmpty()) {
            line("- system properties: " + conditions.start().path("properties"));
        }
        conditions.notes().forEach(note -> line("- " + note));
        long wide = rows.stream()
                .filter(row -> row.wallRatio() != null && row.wallRatio().isWide())
                .count();
        line("");
        conditions.warnings().forEach(this::line);
        if (wide > 0) {
            line("**" + wide + " of " + rows.size()
                    + " rows have a spread of over 30 % of their median** (marked !): do not quote them.");
        }
        line(
                "",
                "Ratios are to the C program of the same round with the same way of submitting (the first row of each"
                        + " group, whose own spread is the noise), medians of all rounds, [least–greatest]. The other"
                        + " columns are medians for one operation.");
    }

    private void costs(List<Row> rows) {
        if (rows.stream().noneMatch(Row::isMeasured)) {
            return;
        }
        boolean traced = rows.stream().anyMatch(row -> !row.syscalls().isEmpty());
        line("| variant | as | wall ratio | wall ns | processor ratio | processor ns | switches | bytes |"
                + (traced ? " system calls |" : ""));
        line("|---|---|---|---|---|---|---|---|" + (traced ? "---|" : ""));
        for (Row row : rows) {
            if (row.isMeasured()) {
                line("| "
                        + String.join(
                                " | ",
                                row.contender(),
                                row.reference(),
                                ratio(row.wallRatio()),
                                number("%,.0f", row.wall()),
                                ratio(row.processorRatio()),
                                number("%,.0f", row.processor()),
                                number("%.2f", row.switches()),
                                number("%,.0f", row.bytes()))
                        + " |" + (traced ? " " + calls(row) + " |" : ""));
            }
        }
    }

    private void latencies(List<Row> rows) {
        if (rows.stream().allMatch(row -> row.latencies().isEmpty())) {
            return;
        }
        line("", "Latency in µs, medians of all rounds:", "");
        line("| variant | " + String.join(" | ", Report.PERCENTILES) + " |");
        line("|---|" + "---|".repeat(Report.PERCENTILES.size()));
        for (Row row : rows) {
            if (!row.latencies().isEmpty()) {
                StringBuilder cells = new StringBuilder("| " + row.contender() + " |");
                for (String percentile : Report.PERCENTILES) {
                    Spread spread = row.latencies().get(percentile);
                    cells.append(' ')
                            .append(
                                    spread == null
                                            ? NOTHING
                                            : String.format(Locale.ROOT, "%,.1f", spread.median() / 1e3))
                            .append(" |");
                }
                line(cells.toString());
            }
        }
    }

    private void trouble(List<Row> rows) {
        List<Row> troubled =
                rows.stream().filter(row -> !row.trouble().isEmpty()).toList();
        if (!troubled.isEmpty()) {
            line("");
            for (Row row : troubled) {
                line("- " + row.contender() + ": " + String.join("; ", row.trouble()));
            }
        }
    }

    private static String calls(Row row) {
        StringBuilder calls = new StringBuilder();
        row.syscalls()
                .forEach((name, count) -> calls.append(calls.isEmpty() ? "" : ", ")
                        .append(String.format(Locale.ROOT, "%s %.2f", name, count)));
        return calls.toString();
    }

    private static String ratio(Spread spread) {
        return spread == null
                ? NOTHING
                : String.format(
                        Locale.ROOT,
                        "%.2f [%.2f–%.2f]%s",
                        spread.median(),
                        spread.min(),
                        spread.max(),
                        spread.isWide() ? " !" : "");
    }

    private static String number(String format, Spread spread) {
        return spread == null ? NOTHING : String.format(Locale.ROOT, format, spread.median());
    }

    private static String capital(String words) {
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    private void line(String... lines) {
        for (String each : lines) {
            text.append(each).append('\n');
        }
    }
}
