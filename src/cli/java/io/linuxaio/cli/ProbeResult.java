package io.linuxaio.cli;

import io.linuxaio.AioSupport;
import java.util.Map;

/**
 * What a probe has found.
 *
 * @param support what {@code aio info} shows
 * @param trials what was tried beside; null where there is no direct I/O
 */
record ProbeResult(AioSupport support, Trials trials) {
    /** What was tried with direct I/O. */
    record Trials(
            int blockSize,
            AlignmentTrial.Outcomes alignments,
            NowaitTrial.Outcome nowaitReads,
            NowaitTrial.Outcome nowaitOverwrites,
            Map<SubmitKind, SubmitTimes> submits) {}

    boolean works() {
        return trials != null && support.asynchronousIo();
    }
}
