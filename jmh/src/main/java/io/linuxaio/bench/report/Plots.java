package io.linuxaio.bench.report;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.Styler.LegendPosition;

/** The results as plots, drawn without a display. */
final class Plots {
    private static final int WIDTH = 1200;
    private static final int HEIGHT = 700;
    private static final double MICRO = 1e3;

    /** As they are called in results, and on the axis. */
    private static final Map<String, String> PERCENTILES =
            new TreeMap<>(Map.of("p50", "50 %", "p90", "90 %", "p99", "99 %", "p999", "99.9 %", "p9999", "99.99 %"));

    private final Path directory;
    private final List<String> drawn = new ArrayList<>();

    private Plots(Path directory) {
        this.directory = directory;
    }

    /** Draws what there are figures for, and answers the files' names; none where this Java cannot draw. */
    static List<String> draw(List<Row> rows, Path directory) throws IOException {
        // In memory: a file to cache in wants a shutdown hook, which there is no more for a run that is interrupted.
        ImageIO.setUseCache(false);
        Plots plots = new Plots(directory);
        try {
            for (WorkloadKey workload : workloads(rows)) {
                List<Row> own = rows.stream()
                        .filter(row -> row.workload().equals(workload))
                        .toList();
                plots.ratios(workload, own);
                plots.latencies(workload, own);
            }
            plots.processorByDepth(rows);
            plots.timeByThreads(rows);
        } catch (LinkageError | InternalError | UnsupportedOperationException noFonts) {
            System.err.println(
                    "bench: no plots, since this Java cannot draw (a full JDK and fontconfig are wanted): " + noFonts);
        }
        return plots.drawn;
    }

    private static Set<WorkloadKey> workloads(List<Row> rows) {
        return rows.stream().map(Row::workload).collect(Collectors.toCollection(TreeSet::new));
    }

    private void ratios(WorkloadKey workload, List<Row> rows) throws IOException {
        if (rows.stream().anyMatch(row -> row.wallRatio() != null && row.processorRatio() != null)) {
            write(BarPlot.draw(workload.toString(), rows), "ratio-" + workload.slug());
        }
    }

    private void latencies(WorkloadKey workload, List<Row> rows) throws IOException {
        if (rows.stream().allMatch(row -> row.latencies().isEmpty())) {
            return;
        }
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Latency: " + workload)
                .xAxisTitle("percentile")
                .yAxisTitle("µs (less is better)")
                .build();
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        chart.getStyler().setOverlapped(true);
        chart.getStyler().setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Line);
        for (Row row : rows) {
            if (row.latencies().keySet().containsAll(PERCENTILES.keySet())) {
                chart.addSeries(
                        row.contender(),
                        List.copyOf(PERCENTILES.values()),
                        PERCENTILES.keySet().stream()
                                .map(percentile ->
                                        row.latencies().get(percentile).median() / MICRO)
                                .toList());
            }
        }
        save(chart, "latency-" + workload.slug());
    }

    private void processorByDepth(List<Row> rows) throws IOException {
        Lines lines = new Lines();
        for (Row row : rows) {
            if (row.processor() != null) {
                lines.add(row.workload().withoutDepth(), row, row.workload().depth(), row.processor());
            }
        }
        lines.draw("Processor time for an operation: ", "depth", "processor-");
    }

    private void timeByThreads(List<Row> rows) throws IOException {
        Lines lines = new Lines();
        for (Row row : rows) {
            if (row.wall() != null) {
                lines.add(row.workload().withoutThreads(), row, row.workload().threads(), row.wall());
            }
        }
        lines.draw("Time for an operation: ", "threads that submit", "threads-");
    }

    /** Charts, of which each has a line for every contender that was measured at several points. */
    private final class Lines {
        private final Map<String, Map<String, Map<Integer, Double>>> charts = new TreeMap<>();

        void add(String chart, Row row, int at, Spread nanos) {
            charts.computeIfAbsent(chart, key -> new TreeMap<>())
                    .computeIfAbsent(row.contender(), key -> new TreeMap<>())
                    .put(at, nanos.median() / MICRO);
        }

        void draw(String title, String axis, String file) throws IOException {
            for (Map.Entry<String, Map<String, Map<Integer, Double>>> each : charts.entrySet()) {
                if (each.getValue().values().stream().allMatch(points -> points.size() < 2)) {
                    continue;
                }
                XYChart chart = lines(title + each.getKey(), axis, "µs (less is better)");
                chart.getStyler().setXAxisLogarithmic(true);
                chart.getStyler().setYAxisLogarithmic(true);
                each.getValue().forEach((contender, points) -> {
                    if (points.size() > 1) {
                        chart.addSeries(
                                contender,
                                points.keySet().stream().map(at -> (double) at).toList(),
                                List.copyOf(points.values()));
                    }
                });
                save(chart, file + each.getKey().replaceAll("[^A-Za-z0-9]+", "-"));
            }
        }
    }

    private static XYChart lines(String title, String x, String y) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        return chart;
    }

    private void save(IChart chart, String name) throws IOException {
        BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        chart.paint(graphics, WIDTH, HEIGHT);
        graphics.dispose();
        write(picture, name);
    }

    private void write(BufferedImage picture, String name) throws IOException {
        try (OutputStream file = Files.newOutputStream(directory.resolve(name + ".png"))) {
            ImageIO.write(picture, "png", file);
        }
        drawn.add(name + ".png");
    }
}
