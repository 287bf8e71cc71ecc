package io.linuxaio.bench.report;

import java.util.List;

/** The median, minimum and maximum of a series. */
record Spread(double median, double min, double max, int count) {
    /** The spread, as a part of the median, above which a figure is marked as unreliable. */
    private static final double WIDE = 0.3;

    /** Null of no figures. */
    static Spread of(List<Double> values) {
        if (values.isEmpty()) {
            return null;
        }
        List<Double> sorted = values.stream().sorted().toList();
        return new Spread(median(sorted), sorted.getFirst(), sorted.getLast(), sorted.size());
    }

    private static double median(List<Double> sorted) {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    boolean isWide() {
        return max - min > WIDE * median;
    }
}
