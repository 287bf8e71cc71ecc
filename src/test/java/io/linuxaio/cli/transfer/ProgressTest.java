package io.linuxaio.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The progress display: rare updates, one line on a terminal, correct sums. */
class ProgressTest {
    private static final long MILLI = 1_000_000;
    private static final long MIB = 1 << 20;
    private static final ProgressLine LINE = new ProgressLine("writing", 1000 * MIB);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private long now = 5_000;

    /** One MiB every 10 ms. */
    private void run(Progress progress, int steps) {
        for (int i = 1; i <= steps; i++) {
            now += 10 * MILLI;
            progress.update(i * MIB);
        }
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aTerminalGetsOneLineThatIsOverwritten() {
        run(new Progress.OnTerminal(out, LINE, 100, () -> now), 500);

        List<String> lines = List.of(printed().split("\r"));
        // Five seconds, ten times a second; before the first \r there is nothing.
        assertThat(lines).hasSize(51).first().isEqualTo("");
        assertThat(printed()).doesNotContain("\n");
        assertThat(lines.getLast())
                .matches("writing  \\[#+-+]   50%  500\\.0 MiB of 1000\\.0 MiB  104\\.9 MB/s  0:05 left\033\\[K");
    }

    @Test
    void aTerminalIsLeftWithAClearLine() {
        Progress progress = new Progress.OnTerminal(out, LINE, 100, () -> now);
        run(progress, 20);
        progress.end();

        assertThat(printed()).endsWith("\r\033[K");
    }

    @Test
    void aShortTransferShowsNoProgress() {
        Progress progress = new Progress.OnTerminal(out, LINE, 100, () -> now);
        run(progress, 5);
        progress.end();

        assertThat(printed()).isEmpty();
    }

    @Test
    void aPipeGetsALineEveryFiveSeconds() {
        run(new Progress.Plain(out, LINE, () -> now), 1000);

        assertThat(printed())
                .isEqualTo("writing:  50%, 500.0 MiB of 1000.0 MiB, 104.9 MB/s, 0:05 left\n"
                        + "writing: 100%, 1000.0 MiB of 1000.0 MiB, 104.9 MB/s, 0:00 left\n");
    }

    @Test
    void theRateFollowsAChangeOfSpeed() {
        Progress progress = new Progress.Plain(out, new ProgressLine("reading", -1), () -> now);
        run(progress, 500);
        now += 20_000 * MILLI;
        progress.update(500 * MIB);

        assertThat(printed().lines().toList())
                .containsExactly("reading: 500.0 MiB, 104.9 MB/s, 0:05", "reading: 500.0 MiB, 0.0 MB/s, 0:25");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20, 49, 79, 100, 300})
    void noLineIsWiderThanTheTerminal(int width) {
        String line = LINE.bar(300 * MIB, 1e8, 1, width);

        assertThat(line).hasSizeLessThanOrEqualTo(width);
        assertThat(line.contains("[###")).isEqualTo(width > 70);
    }

    @Test
    void progressIsCappedAtTheExpectedTotal() {
        assertThat(LINE.bar(1200 * MIB, 1e8, 1, 100))
                .contains("100%", "0:00 left")
                .doesNotContain("-]");
    }

    @Test
    void aStalledTransferIsReported() {
        assertThat(LINE.plain(0, 0, 1)).endsWith("stalled");
    }
}
