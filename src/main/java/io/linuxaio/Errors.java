package io.linuxaio;

import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.Errno;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Turns the kernel's error numbers into exceptions: the one place that does. */
final class Errors {
    /** Told where there is no memory for the reason that an operation failed with, made while there is. */
    static final IOException OUT_OF_MEMORY =
            new IOException("the operation failed; there was no memory left to tell for what reason");

    /** Told where an {@link Error} kept an operation from being submitted. */
    static final IOException NOT_SUBMITTED = new IOException(
            "the operation was not submitted, since an error was thrown before that: no memory was left,"
                    + " or the end of the stack was reached");

    private Errors() {}

    /** Has the class initialized, while there are memory and stack for it. */
    static void initialize() {
        // To call it is enough.
    }

    /** A call on a file failed. */
    static IOException ofFile(String operation, Path file, int errno) {
        if (errno == Errno.ENOENT) {
            return new NoSuchFileException(file.toString());
        } else if (errno == Errno.EACCES) {
            return new AccessDeniedException(file.toString());
        } else if (errno == Errno.EEXIST) {
            return new FileAlreadyExistsException(file.toString());
        }
        return exception(operation, file, errno, null, Remedies.ofFile(errno), 0);
    }

    /** A new file cannot be made in a directory, or renamed there. */
    static AccessDeniedException ofDirectory(Path file, Path directory) {
        return new AccessDeniedException(
                file.toString(),
                null,
                "its directory " + directory + " must be writable and searchable for this process");
    }

    /** A finished file could not take its place under the name of the target. */
    static IOException ofRename(Path target, Path directory, int errno) {
        return errno == Errno.EACCES
                ? ofDirectory(target, directory)
                : exception(
                        "rename",
                        target,
                        errno,
                        "the new file was to take its place",
                        Remedies.ofRename(errno, directory),
                        0);
    }

    /** Returns {@code true} if an operation failed because the volume, or the user's share of it, is full. */
    static boolean isNoSpace(IOException failure) {
        return failure instanceof AioException aio && (aio.errno() == Errno.ENOSPC || aio.errno() == Errno.EDQUOT);
    }

    /** Opening failed. */
    static IOException ofOpen(Path file, int errno, boolean direct, boolean followLinks) {
        if (errno == Errno.ELOOP && !followLinks) {
            return exception("open", file, errno, "it is a symbolic link and NOFOLLOW_LINKS was given", null, 0);
        } else if (errno == Errno.ELOOP) {
            return new FileSystemLoopException(file.toString());
        } else if (errno == Errno.EINVAL && direct) {
            return directIoUnsupported(file);
        } else if (errno == Errno.ENXIO) {
            return unsuitable(file, "FIFO, socket or device without a driver");
        } else if (errno == Errno.EISDIR) {
            return unsuitable(file, "directory");
        }
        return ofFile("open", file, errno);
    }

    /** The file is of a kind on which AIO does not work, or blocks for ever. */
    static AioException unsuitable(Path file, String type) {
        int errno = "directory".equals(type) ? Errno.EISDIR : Errno.EINVAL;
        return exception(
                "open", file, errno, "it is a " + type + "; only regular files and block devices are taken", null, 0);
    }

    /** There is no direct I/O on the file. */
    static AioException directIoUnsupported(Path file) {
        return exception(
                "open",
                file,
                Errno.EINVAL,
                "its filesystem has no direct I/O (O_DIRECT) for this file",
                Remedies.ofRefusedDirectIo(file),
                0);
    }

    /** {@code io_setup} refused. */
    static AioException ofSetup(int depth, int errno) {
        return exception("io_setup", null, errno, null, Remedies.ofSetup(errno, depth), 0);
    }

    /** An operation ended with an error. */
    static IOException ofOperation(Slot slot) {
        int errno = -slot.result();
        String operation = slot.opcode().operation();
        StringBuilder detail = new StringBuilder();
        if (slot.opcode().isTransfer()) {
            detail.append(slot.length()).append(" bytes at position ").append(slot.position());
            if (slot.transferred() > 0) {
                detail.append(", of which ").append(slot.transferred()).append(" were moved");
            }
        }
        return exception(
                operation,
                slot.file().path(),
                errno,
                detail.isEmpty() ? null : detail.toString(),
                Remedies.ofOperation(errno, slot.file()),
                slot.transferred());
    }

    /** A thread was interrupted while it waited for a place. */
    static InterruptedIOException interruptedWhileFull() {
        return new InterruptedIOException("interrupted while the queue was full; the operation was not submitted");
    }

    /** A read would have to end beyond the largest position. */
    static AioException unreachable(Path file, long position) {
        return exception(
                "read",
                file,
                Errno.EINVAL,
                "what begins at position " + position + " ends beyond the largest position if whole blocks are read",
                "open it with AioOpenOption.BUFFERED",
                0);
    }

    /** Reads came to an end before the end of the file, more than once. */
    static AioException endsEarly(Path file, long position, long length, long count, long size) {
        String detail = length + " bytes at position " + position + ", of which " + count
                + " were read: the filesystem ends the read before the end of the file, which is at " + size;
        return exception("read", file, Errno.EIO, detail, null, count);
    }

    private static AioException exception(
            String operation, Path file, int errno, String detail, String remedy, long bytesTransferred) {
        StringBuilder message = new StringBuilder(operation);
        if (file != null) {
            message.append(" of ").append(file);
        }
        String symbol = Errno.symbol(errno);
        message.append(": ").append(symbol).append(", ").append(Errno.words(errno));
        if (detail != null) {
            message.append(" (").append(detail).append(')');
        }
        if (remedy != null) {
            message.append("; remedy: ").append(remedy);
        }
        return new AioException(operation, file, errno, symbol, message.toString(), remedy, bytesTransferred);
    }
}
