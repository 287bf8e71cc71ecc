package io.linuxaio.examples;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.linuxaio.files.AioFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Renaming a file so that its new name survives a power failure. */
final class DurableNames {
    private DurableNames() {}

    // @start region="rename"
    /** Renames a file whose contents are durable, and makes its new name durable. */
    static void rename(Path file, Path name) throws IOException {
        Path directory = name.toAbsolutePath().getParent();
        // First: a directory that cannot be synced fails before anything is renamed.
        AioFiles.syncDirectory(directory);
        Files.move(file, name, ATOMIC_MOVE);
        AioFiles.syncDirectory(directory);
    }
    // @end
}
