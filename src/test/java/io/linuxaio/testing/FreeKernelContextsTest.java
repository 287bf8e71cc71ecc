package io.linuxaio.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.LinuxAio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** The wait of tests for a limit that other processes of the host have used up. */
class FreeKernelContextsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(20);

    @TempDir(factory = TargetDirectory.class)
    Path limits;

    @BeforeEach
    void useUpTheLimit() throws IOException {
        write("aio-max-nr", 65_536);
        write("aio-nr", 65_536);
    }

    private void write(String name, long number) throws IOException {
        Files.writeString(limits.resolve(name), number + "\n");
    }

    @Test
    void enoughFreeContextsAreNotWaitedFor() throws IOException {
        write("aio-nr", 65_536 - FreeKernelContexts.WANTED);

        assertThatNoException().isThrownBy(() -> new FreeKernelContexts(limits, Duration.ZERO).require());
    }

    @Test
    void theTestsWaitUntilOthersReleaseContexts() throws Exception {
        Thread waiting = Thread.startVirtualThread(() -> new FreeKernelContexts(limits, LONG).require());
        waiting.join(SHORT);
        boolean waited = waiting.isAlive();
        write("aio-nr", 100);
        waiting.join();

        assertThat(waited).isTrue();
    }

    @Test
    void theTestsAreSkippedIfNoneIsReleased() {
        assertThatThrownBy(() -> new FreeKernelContexts(limits, SHORT).require())
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("65536 of 65536 events are taken");
    }

    @Test
    void aLowLimitDoesNotSkipTheTests() throws IOException {
        write("aio-max-nr", 1000);
        write("aio-nr", 500);

        assertThatNoException().isThrownBy(() -> new FreeKernelContexts(limits, Duration.ZERO).require());
    }

    @Test
    void aHostWithoutTheLimitRunsTheTests() throws IOException {
        Files.delete(limits.resolve("aio-max-nr"));

        assertThatNoException().isThrownBy(() -> new FreeKernelContexts(limits, Duration.ZERO).require());
    }

    /** A file of sysctl has no length, and returns its contents to the first read only. */
    @Test
    void theLimitOfTheHostIsReadAsAWhole() {
        assertThat(new FreeKernelContexts().number("aio-max-nr"))
                .isEqualTo(LinuxAio.limits().max());
    }
}
