package io.linuxaio.cli.bench;

import io.linuxaio.cli.text.LatencyHistogram;
import java.nio.file.Path;

/**
 * What a bench has measured.
 *
 * @param used how many bytes of the file were used
 * @param nanos how long, until the last operation had ended
 * @param unstarted how many operations the rate asked for and had not begun when the time was over
 * @param processorNanos processor time of the whole process meanwhile
 * @param interrupted whether somebody ended it before its time
 */
record BenchResult(
        Path path,
        String filesystem,
        boolean direct,
        long used,
        BenchOptions options,
        long seed,
        long nanos,
        LatencyHistogram reads,
        LatencyHistogram writes,
        long unstarted,
        long processorNanos,
        boolean interrupted) {
    long operations() {
        return reads.count() + writes.count();
    }

    double perSecond(long count) {
        return count * 1e9 / Math.max(1, nanos);
    }
}
