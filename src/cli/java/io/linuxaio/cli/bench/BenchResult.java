package io.linuxaio.cli.bench;

import io.linuxaio.cli.text.LatencyHistogram;
import java.nio.file.Path;

/**
 * The results of a bench.
 *
 * @param used the number of bytes of the file that were used
 * @param nanos the duration until the last operation had completed
 * @param unstarted the number of operations that the rate required and that had not started when the time was over
 * @param processorNanos the processor time of the whole process in that duration
 * @param interrupted {@code true} if a stop was requested before the time was over
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
        LatencyHistogram syncs,
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
