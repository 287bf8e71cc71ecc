package io.linuxaio.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The kernel contexts of this process. Counted by the rings that are mapped: {@code /proc/sys/fs/aio-nr} counts those of
 * all processes of the host, among them whatever else runs there.
 */
public final class KernelContexts {
    private static final Path MAPPINGS = Path.of("/proc/self/maps");

    private KernelContexts() {}

    /** How many there are. */
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
