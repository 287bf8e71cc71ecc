package io.linuxaio.cli.probe;

import io.linuxaio.AioProbeResult;
import java.util.Map;

/**
 * The results of a probe.
 *
 * @param support the results that {@code aio info} shows
 * @param trials the results of the trials; null if there is no direct I/O
 */
record ProbeResult(AioProbeResult support, Trials trials) {
    /** The results of the trials with direct I/O. */
    record Trials(
            int blockSize,
            AlignmentProbe.Outcomes alignments,
            NowaitProbe.Outcome nowaitReads,
            NowaitProbe.Outcome nowaitOverwrites,
            Map<SubmitKind, SubmitTimes> submits) {}

    boolean works() {
        return trials != null && support.asynchronousIo();
    }
}
