package io.linuxaio.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The kernel AIO contexts of this process, counted by their mapped rings: {@code /proc/sys/fs/aio-nr} counts those of
 * all processes of the host.
 */
public final class KernelContexts {
    private static final Path MAPPINGS = Path.of("/proc/self/maps");

    private KernelContexts() {}

    /**
     * Waits until the shared context of the process is closed, which an earlier test may have used: its threads would interfere
     * until it closes by itself a few seconds later.
     */
    public static void awaitSharedClosed() {
        Await.until(
                "the idle shared context is closed",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("linux-aio-shared-idle")));
    }

    /** Returns the number of contexts when the {@linkplain #awaitSharedClosed shared one is closed}. */
    public static int countWithoutShared() {
        awaitSharedClosed();
        return count();
    }

    /** Returns the number of contexts. */
    public static int count() {
        try {
            return (int) Files.readAllLines(MAPPINGS).stream()
                    .filter(line -> line.contains("[aio]"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
