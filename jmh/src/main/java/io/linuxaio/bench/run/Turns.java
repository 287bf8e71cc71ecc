package io.linuxaio.bench.run;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** Figures of several turns of the same measurement. */
final class Turns {
    private Turns() {}

    /** Returns the median of a figure; of an even number of turns, the larger of the two in the middle. */
    static <T> double median(List<T> turns, ToDoubleFunction<T> figure) {
        double[] sorted = turns.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
