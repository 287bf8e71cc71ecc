package io.linuxaio.cli.probe;

import io.linuxaio.AioProbeResult;
import java.util.Map;

/**
 * What a probe has found.
 *
 * @param support what {@code aio info} shows
 * @param trials what was tried beside; null where there is no direct I/O
 */
record ProbeResult(AioProbeResult support, Trials trials) {
    /** What was tried with direct I/O. */
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
