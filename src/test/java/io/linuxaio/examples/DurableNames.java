package io.linuxaio.examples;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Renaming a file so that its new name survives a power failure. */
final class DurableNames {
    private DurableNames() {}

    // @start region="rename"
    /** Renames a file whose contents are durable, and makes its new name durable. */
    static void rename(Path file, Path name) throws IOException {
        // Opened first: a directory that cannot be synced fails before anything is renamed.
        try (FileChannel directory = FileChannel.open(name.toAbsolutePath().getParent(), READ)) {
            Files.move(file, name, ATOMIC_MOVE);
            directory.force(true);
            // While xfs shuts down, fsync(2) can succeed for names that it has given up; fstat(2) then fails.
            directory.size();
        }
    }
    // @end
}
