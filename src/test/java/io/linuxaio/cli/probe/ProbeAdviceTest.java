package io.linuxaio.cli.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioProbeResult;
import io.linuxaio.ProbeFindings;
import io.linuxaio.cli.text.LatencyHistogram;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The verdict drawn from submission times. */
class ProbeAdviceTest {
    private static final AioProbeResult SUPPORT = ProbeFindings.allWorks(Path.of("/data"), 512);

    private final Map<SubmitKind, SubmitTimes> submits = new EnumMap<>(SubmitKind.class);

    private static SubmitTimes times(long submit, long done) {
        SubmitTimes times = new SubmitTimes(new LatencyHistogram(), new LatencyHistogram());
        times.submit().add(submit, 1);
        times.done().add(done, 1);
        return times;
    }

    private String verdict(int nowaitTaken) {
        ProbeResult.Trials trials = new ProbeResult.Trials(
                4096,
                new AlignmentProbe.Outcomes(Map.of(), Map.of()),
                new NowaitProbe.Outcome(64, 0, 0),
                new NowaitProbe.Outcome(nowaitTaken, 64 - nowaitTaken, 0),
                submits);
        return String.join("\n", ProbeAdvice.of(new ProbeResult(SUPPORT, trials)));
    }

    @Test
    void onlyAppendsBlock() {
        submits.put(SubmitKind.OVERWRITE, times(25_000, 73_000));
        submits.put(SubmitKind.FILL, times(70_000, 120_000));
        submits.put(SubmitKind.APPEND, times(392_000, 393_000));

        assertThat(verdict(64))
                .contains("Asynchronous: overwriting written blocks.")
                .contains("Block the submitting thread in part: filling allocated blocks.")
                .contains("Block the submitting thread: appending.")
                .contains("Allocate space before you write")
                .doesNotContain("NOWAIT does not work");
    }

    @Test
    void allWritesBlock() {
        submits.put(SubmitKind.OVERWRITE, times(456_000, 457_000));
        submits.put(SubmitKind.APPEND, times(582_000, 583_000));

        assertThat(verdict(0))
                .contains("All writes are synchronous here")
                .contains("NOWAIT does not work for writes here")
                .doesNotContain("Allocate space");
    }

    @Test
    void noWriteBlocks() {
        submits.put(SubmitKind.APPEND, times(10_000, 100_000));

        assertThat(verdict(64)).isEqualTo("Asynchronous: appending.");
    }

    @Test
    void nothingIsMeasuredWithoutDirectIo() {
        assertThat(ProbeAdvice.of(new ProbeResult(SUPPORT, null)).getFirst()).contains("No direct I/O here");
    }

    @Test
    void aBatchThatTookNoTimeRanOnTheSubmitter() {
        assertThat(times(0, 0).blocking()).isEqualTo(SubmitTimes.Blocking.YES);
    }
}
