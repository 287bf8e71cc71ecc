package io.linuxaio.cli.runtime;

import io.linuxaio.AioException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** One line for each thing that can go wrong: what it was, and the way out. */
public final class Failures {
    /** As the library begins a remedy within its messages. */
    private static final String REMEDY = "; remedy: ";

    private Failures() {}

    public static String line(Throwable failure) {
        return flat(
                switch (failure) {
                    case AioException e -> words(e.getMessage());
                    case NoSuchFileException e -> noSuchFile(e.getFile());
                    case AccessDeniedException e
                    when e.getReason() != null -> e.getFile() + ": permission denied; " + e.getReason();
                    case AccessDeniedException e ->
                        e.getFile() + ": permission denied; look at its owner and mode (ls -l), or run as who may";
                    case FileSystemLoopException e -> e.getFile() + ": too many symbolic links, or a loop of them";
                    case FileAlreadyExistsException e -> e.getFile() + ": exists already; --force replaces it";
                    case FileSystemException e ->
                        e.getFile() + ": " + (e.getReason() == null ? "input/output error" : e.getReason());
                    case UncheckedIOException e -> line(e.getCause());
                    case ClosedChannelException e -> "the file was closed underway";
                    case OutOfMemoryError e ->
                        "out of memory (" + e.getMessage() + "); give a smaller --depth or --block-size";
                    case UnsupportedOperationException e when e.getMessage() != null -> e.getMessage();
                    case IOException e
                    when e.getMessage() != null ->
                        e.getMessage().replace("read it with java.nio.file.Files", "read it with cat");
                    default -> "internal error: " + failure + "; AIO_DEBUG=1 in the environment shows where";
                });
    }

    /** Returns the name and the meaning of an error number that a queue has reported, and the remedy if there is one. */
    public static String ofErrno(int errno) {
        AioException failure = AioException.of("operation", null, errno);
        return failure.getReason() + (failure.hint() == null ? "" : REMEDY + failure.hint());
    }

    /** Names the command's own options where the library names those of its API. */
    public static String words(String message) {
        int remedy = message.indexOf(REMEDY);
        return remedy < 0 || !message.substring(remedy).contains("AioOpenOption")
                ? message
                : message.substring(0, remedy) + REMEDY
                        + "give --buffered, or use a filesystem with direct I/O (ext4, xfs, btrfs)";
    }

    private static String noSuchFile(String file) {
        Path folder = folder(file);
        return folder != null && !folder.toFile().isDirectory()
                ? file + ": there is no folder " + folder + " (mkdir -p makes it)"
                : file + ": no such file";
    }

    /** Unknown, where the name does not survive being a string. */
    private static Path folder(String file) {
        try {
            return file.indexOf('\uFFFD') >= 0
                    ? null
                    : Path.of(file).toAbsolutePath().getParent();
        } catch (InvalidPathException notOfThisCharset) {
            return null;
        }
    }

    public static String flat(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
