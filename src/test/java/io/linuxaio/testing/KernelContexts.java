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
