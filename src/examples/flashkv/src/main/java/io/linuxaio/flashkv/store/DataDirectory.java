package io.linuxaio.flashkv.store;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.files.AioFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The directory of a server: its format, and the lock against a second process. {@code lock} is locked and names the process;
 * {@code format} states the version; {@code log} is the directory of the log; {@code snapshot} is the last snapshot.
 */
final class DataDirectory implements AutoCloseable {
    private static final String FORMAT = "flashkv ";
    private static final int VERSION = 1;
    private static final int MAX_LOCK = 32;

    private final Path path;
    private final FileChannel lock;

    private DataDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Creates the directory if it is missing, locks it, and checks its format. */
    static DataDirectory open(Path path) throws IOException {
        Files.createDirectories(path);
        FileChannel lock = lock(path);
        try {
            checkFormat(path);
            return new DataDirectory(path, lock);
        } catch (Throwable e) {
            lock.close();
            throw e;
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(path.resolve("lock"), CREATE, READ, WRITE);
        } catch (AccessDeniedException e) {
            throw new FileSystemException(path.toString(), null, "the directory is not writable by this user");
        }
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
            if (!locked) {
                throw new FileSystemException(
                        path.toString(),
                        null,
                        "the directory is in use by another flashkv, process " + holder(channel));
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } catch (OverlappingFileLockException e) {
            throw new FileSystemException(path.toString(), null, "the directory is in use by this process");
        } catch (IOException e) {
            // On a full disk the lock has no number, and locks nevertheless.
            if (locked) {
                return channel;
            }
            throw e;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_LOCK);
        channel.read(bytes, 0);
        return StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
    }

    private static void checkFormat(Path path) throws IOException {
        Path file = path.resolve("format");
        if (!Files.exists(file)) {
            Path whole = path.resolve("format.new");
            try (FileChannel channel = FileChannel.open(whole, CREATE, WRITE)) {
                channel.write(ByteBuffer.wrap((FORMAT + VERSION + "\n").getBytes(StandardCharsets.US_ASCII)));
                channel.force(true);
            }
            Files.move(whole, file, ATOMIC_MOVE);
            AioFiles.syncDirectory(path);
            return;
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip();
        if (!text.equals(FORMAT + VERSION)) {
            throw new FileSystemException(
                    file.toString(),
                    null,
                    "the directory has the format \"" + text + "\", and this flashkv reads \"" + FORMAT + VERSION
                            + "\"; use the flashkv that wrote it, or a later one");
        }
    }

    Path log() {
        return path.resolve("log");
    }

    Path snapshot() {
        return path.resolve("snapshot");
    }

    Path newSnapshot() {
        return path.resolve("snapshot.new");
    }

    /** Makes the new snapshot, which is durable, the snapshot. */
    void replaceSnapshot() throws IOException {
        Files.move(newSnapshot(), snapshot(), ATOMIC_MOVE);
        AioFiles.syncDirectory(path);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
