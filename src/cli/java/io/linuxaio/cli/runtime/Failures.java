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

/** Messages for failures: one line with the cause and a remedy. */
public final class Failures {
    /** The text that introduces a remedy in messages of the library. */
    private static final String REMEDY = "; remedy: ";

    private Failures() {}

    /** Returns the message for a failure. */
    public static String line(Throwable failure) {
        return flat(
                switch (failure) {
                    case AioException e -> words(e.getMessage());
                    case NoSuchFileException e -> noSuchFile(e.getFile());
                    case AccessDeniedException e
                    when e.getReason() != null -> e.getFile() + ": permission denied; " + e.getReason();
                    case AccessDeniedException e ->
                        e.getFile()
                                + ": permission denied; check its owner and mode (ls -l), or run as a user who has permission";
                    case FileSystemLoopException e -> e.getFile() + ": too many symbolic links, or a loop of them";
                    case FileAlreadyExistsException e -> e.getFile() + ": exists already; --force replaces it";
                    case FileSystemException e ->
                        e.getFile() + ": " + (e.getReason() == null ? "input/output error" : e.getReason());
                    case UncheckedIOException e -> line(e.getCause());
                    case ClosedChannelException e -> "the file was closed while it was in use";
                    case OutOfMemoryError e ->
                        "out of memory (" + e.getMessage() + "); give a smaller --depth or --block-size";
                    case UnsupportedOperationException e when e.getMessage() != null -> e.getMessage();
                    case IOException e
                    when e.getMessage() != null ->
                        e.getMessage().replace("read it with java.nio.file.Files", "read it with cat");
                    default -> "internal error: " + failure + "; AIO_DEBUG=1 in the environment shows where";
                });
    }

    /** Returns the name and meaning of an error number that a queue has reported, and the remedy if there is one. */
    public static String ofErrno(int errno) {
        AioException failure = AioException.of("operation", null, errno);
        return failure.getReason() + (failure.hint() == null ? "" : REMEDY + failure.hint());
    }

    /** Replaces the options of the library's API in a remedy by those of the command. */
    public static String words(String message) {
        int remedy = message.indexOf(REMEDY);
        return remedy < 0 || !message.substring(remedy).contains("AioOpenOption")
                ? message
                : message.substring(0, remedy) + REMEDY
                        + "give --buffered, or use a filesystem with direct I/O (ext4, xfs, btrfs)";
    }

    private static String noSuchFile(String file) {
        Path directory = directory(file);
        return directory != null && !directory.toFile().isDirectory()
                ? file + ": there is no directory " + directory + " (mkdir -p creates it)"
                : file + ": no such file";
    }

    /** Returns the directory of a file; null if the name cannot be represented as a string. */
    private static Path directory(String file) {
        try {
            return file.indexOf('\uFFFD') >= 0
                    ? null
                    : Path.of(file).toAbsolutePath().getParent();
        } catch (InvalidPathException notOfThisCharset) {
            return null;
        }
    }

    /** Joins the lines of a message. */
    public static String flat(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
