package io.linuxaio;

import java.io.Serial;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/**
 * An exception for an operation or a system call that the kernel refused or failed. The message names the operation, the
 * file, the reason and, if one is known, a remedy.
 *
 * <p>Three failures keep the exceptions that {@code java.nio.file} has for them:
 * {@link java.nio.file.NoSuchFileException} for {@code ENOENT}, {@link java.nio.file.AccessDeniedException} for
 * {@code EACCES}, and {@link java.nio.file.FileAlreadyExistsException} for {@code EEXIST}. All are
 * {@link FileSystemException}s, so that one {@code catch} serves them and this class.
 */
public final class AioException extends FileSystemException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The method or system call that failed. */
    private final String operation;

    /** The error number, as in errno(3). */
    private final int errno;

    /** The error number's name. */
    private final String errnoName;

    /** The remedy; null if none is known. */
    private final String hint;

    /** The bytes that were transferred before the failure. */
    private final long bytesTransferred;

    AioException(
            String operation,
            String file,
            int errno,
            String errnoName,
            String reason,
            String hint,
            long bytesTransferred) {
        super(file, null, reason);
        this.operation = operation;
        this.errno = errno;
        this.errnoName = errnoName;
        this.hint = hint;
        this.bytesTransferred = bytesTransferred;
    }

    /**
     * Returns the exception for an error number, which an {@link AioQueue} reports as a negative result.
     *
     * @param operation the operation, such as {@code read}
     * @param file the file, or {@code null}
     * @param errno a positive error number, as in errno(3)
     * @return an exception with that number, its name, and a hint if there is one
     * @throws IllegalArgumentException if the number is not positive
     */
    public static AioException of(String operation, Path file, int errno) {
        if (errno <= 0) {
            throw new IllegalArgumentException("an error number is positive: " + errno);
        }
        return Errors.ofErrno(operation, file, errno);
    }

    /**
     * Returns the name of the operation: a method of this library, such as {@code write}, or a system call, such as
     * {@code io_setup}.
     *
     * @return the name
     */
    public String operation() {
        return operation;
    }

    /**
     * Returns the kernel's error number, as in errno(3).
     *
     * @return a positive number
     */
    public int errno() {
        return errno;
    }

    /**
     * Returns the error number's name, such as {@code ENOSPC}.
     *
     * @return the name; {@code errno} and the number if the library has no name for it
     */
    public String errnoName() {
        return errnoName;
    }

    /**
     * Returns the remedy that the message ends with, such as the limit to raise.
     *
     * @return one sentence without a full stop, or {@code null} if no remedy is known
     */
    public String hint() {
        return hint;
    }

    /**
     * Returns the number of bytes that were transferred before the failure, counted from the position of the operation.
     * Those of a write are in the file.
     *
     * @return bytes
     */
    public long bytesTransferred() {
        return bytesTransferred;
    }

    /**
     * Returns the operation, the file if there is one, the {@linkplain #getReason() reason} and the {@linkplain #hint()
     * hint} if there is one.
     *
     * @return for example {@code write of data.bin: ENOSPC, no space left on device (4096 bytes at position 0); remedy:
     *     free space on the filesystem}
     */
    @Override
    public String getMessage() {
        String file = getFile();
        return operation
                + (file == null ? "" : " of " + file)
                + ": "
                + getReason()
                + (hint == null ? "" : "; remedy: " + hint);
    }
}
