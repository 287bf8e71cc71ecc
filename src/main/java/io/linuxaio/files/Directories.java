package io.linuxaio.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The sync of a directory, which makes the names in it durable. */
final class Directories {
    private Directories() {}

    /** Opens a directory, syncs it, and closes it. */
    static void sync(Path directory) throws IOException {
        try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
            if (!Files.isDirectory(directory)) {
                throw new NotDirectoryException(directory.toString());
            }
            sync(opened);
        }
    }

    // While xfs shuts down, as it does when its log cannot be written, fsync(2) of a directory can succeed for
    // names that it has just given up (Linux 6.18). A request for the directory's attributes then fails.
    static void sync(FileChannel directory) throws IOException {
        directory.force(true);
        directory.size();
    }
}
