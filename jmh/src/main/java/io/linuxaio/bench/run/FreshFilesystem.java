package io.linuxaio.bench.run;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A new ext4 filesystem in a file, mounted by a loop device. Closing it unmounts and deletes it. For root. */
final class FreshFilesystem implements AutoCloseable {
    private static final long BYTES = 8L << 30;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path image;
    private final Path directory;
    private boolean mounted;

    /** Creates and mounts it, with its image in a directory. */
    FreshFilesystem(Path parent) throws IOException, InterruptedException {
        image = Files.createTempFile(parent, "files-", ".ext4");
        directory = Files.createTempDirectory(parent, "files-");
        try {
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(BYTES);
            }
            run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image.toString());
            run("mount", "-o", "loop", image.toString(), directory.toString());
            mounted = true;
        } finally {
            if (!mounted) {
                close();
            }
        }
    }

    /** Returns the directory of its root. */
    Path directory() {
        return directory;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Programs.Ended ended = Programs.run(List.of(command), LIMIT);
        if (ended.status() != 0) {
            throw new BenchException("--fresh: " + command[0] + " failed (it needs root): " + ended.errors());
        }
    }

    @Override
    public void close() throws IOException {
        if (mounted) {
            mounted = false;
            Programs.ask("umount", directory.toString());
        }
        Files.deleteIfExists(directory);
        Files.deleteIfExists(image);
    }
}
