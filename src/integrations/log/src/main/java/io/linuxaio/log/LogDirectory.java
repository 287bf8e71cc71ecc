package io.linuxaio.log;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * The directory of a log: names of files, durable changes of names, and the lock against a second writer.
 *
 * <p>{@code 16 hexadecimal digits.log} is a segment, named by its base; {@code *.spare} is a file for a later one;
 * {@code *.cut} was given up by a truncation and is kept for the operator; {@code lock} is the lock.
 */
final class LogDirectory implements AutoCloseable {
    private static final Pattern SEGMENT = Pattern.compile("([0-7][0-9a-f]{15})\\.log");
    private static final String SPARE = ".spare";
    private static final String CUT = ".cut";

    /**
     * The directories that this process has open. Looked at before the lock's file is: closing any descriptor of that file
     * would release the process's lock on it (fcntl(2)).
     */
    private static final Set<Object> OPEN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final Object key;
    private final FileChannel entries;
    private final FileChannel lock;

    private LogDirectory(Path path, Object key, FileChannel entries, FileChannel lock) {
        this.path = path;
        this.key = key;
        this.entries = entries;
        this.lock = lock;
    }

    /** Opens and locks a directory, which is created if it is missing. */
    static LogDirectory open(Path path) throws IOException {
        createDurably(path);
        Object key = Files.getAttribute(path, "unix:fileKey");
        if (!OPEN.add(key)) {
            throw openHere(path);
        }
        FileChannel entries = null;
        try {
            entries = FileChannel.open(path, READ);
            return new LogDirectory(path, key, entries, lock(path));
        } catch (Throwable e) {
            if (entries != null) {
                entries.close();
            }
            OPEN.remove(key);
            throw e;
        }
    }

    private static void createDurably(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return;
        }
        Files.createDirectory(path);
        try (FileChannel parent = FileChannel.open(path.toAbsolutePath().getParent(), READ)) {
            sync(parent);
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path.resolve("lock"), CREATE, WRITE);
        boolean keep = false;
        try {
            keep = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Another copy of this class has it. The channel stays open: to close it would release that lock.
            keep = true;
            throw openHere(path);
        } finally {
            if (!keep) {
                channel.close();
            }
        }
        if (!keep) {
            throw new FileSystemException(
                    path.toString(), null, "the log is open in another process, which has its file \"lock\" locked");
        }
        return channel;
    }

    private static FileSystemException openHere(Path path) {
        return new FileSystemException(
                path.toString(), null, "the log is open already in this process; close it first");
    }

    Path path() {
        return path;
    }

    Path segment(long base) {
        return path.resolve("%016x.log".formatted(base));
    }

    /** Returns the segments by their bases. */
    NavigableMap<Long, Path> segments() throws IOException {
        NavigableMap<Long, Path> segments = new TreeMap<>();
        for (Path file : files("*.log")) {
            var name = SEGMENT.matcher(file.getFileName().toString());
            if (name.matches()) {
                segments.put(Long.parseLong(name.group(1), 16), file);
            }
        }
        return segments;
    }

    List<Path> spares() throws IOException {
        return files("*" + SPARE);
    }

    private List<Path> files(String glob) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(path, glob)) {
            found.forEach(files::add);
        }
        return files;
    }

    /** Returns a new name for a file that is no segment yet. */
    Path newSpare() {
        return path.resolve("%016x%s".formatted(ThreadLocalRandom.current().nextLong(), SPARE));
    }

    /** Renames a segment to a spare, durably. */
    Path recycle(Path segment) throws IOException {
        Path spare = newSpare();
        rename(segment, spare);
        return spare;
    }

    /** Takes a segment out of the log, durably, and keeps the file. */
    void cut(Path segment) throws IOException {
        rename(segment, segment.resolveSibling(segment.getFileName() + CUT));
    }

    /** Renames a file, durably. */
    void rename(Path from, Path to) throws IOException {
        Files.move(from, to, ATOMIC_MOVE);
        sync();
    }

    /** Makes the entries of the directory durable. */
    void sync() throws IOException {
        sync(entries);
    }

    private static void sync(FileChannel directory) throws IOException {
        directory.force(true);
        // While xfs shuts down, fsync(2) can succeed for names that are then lost; fstat(2) fails.
        directory.size();
    }

    @Override
    public void close() throws IOException {
        try (entries;
                lock) {
            OPEN.remove(key);
        }
    }
}
