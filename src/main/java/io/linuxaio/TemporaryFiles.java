package io.linuxaio;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** What files in the making are called until they take another one's place, and the folders that know both names. */
final class TemporaryFiles {
    private static final String PREFIX = ".linux-aio-";
    private static final String SUFFIX = ".tmp";

    private TemporaryFiles() {}

    /** A name of its own in the folder of a file: hidden, and ours to whoever finds it after a crash. */
    static Path beside(Path target) {
        return target.resolveSibling(PREFIX + UUID.randomUUID() + SUFFIX);
    }

    /** Opens the folder of a file, whose names {@link #sync} makes durable. */
    static FileChannel folder(Path target) throws IOException {
        return FileChannel.open(target.toAbsolutePath().getParent(), StandardOpenOption.READ);
    }

    /**
     * Makes the names in a folder durable. While xfs shuts down, as it does when its log cannot be written, fsync(2) of a
     * folder can succeed for names that it has just given up (Linux 6.18); asked for the folder's attributes it then
     * fails.
     */
    static void sync(FileChannel folder) throws IOException {
        folder.force(true);
        folder.size();
    }
}
