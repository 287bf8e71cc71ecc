package io.linuxaio.cli.bench;

import io.linuxaio.cli.text.Units;
import io.linuxaio.cli.transfer.ProgressWords;
import java.util.Locale;

/**
 * The progress message of a bench, which counts operations.
 *
 * @param mode the workload
 * @param blockSize the bytes of an operation
 * @param nanos the planned duration
 */
record BenchLine(BenchMode mode, int blockSize, long nanos) implements ProgressWords {
    @Override
    public String bar(long done, double perSecond, long passed, int width) {
        String line = mode.word() + "  " + figures(perSecond, passed, "  ");
        return line.substring(0, Math.clamp(width, 0, line.length()));
    }

    @Override
    public String plain(long done, double perSecond, long passed) {
        return mode.word() + ": " + figures(perSecond, passed, ", ");
    }

    private String figures(double perSecond, long passed, String separator) {
        return Units.clock(passed / 1e9) + " of " + Units.clock(nanos / 1e9) + separator
                + String.format(Locale.ROOT, "%.0f IOPS", perSecond) + separator + Units.rate(perSecond * blockSize);
    }
}
