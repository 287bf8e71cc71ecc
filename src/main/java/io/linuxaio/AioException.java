package io.linuxaio;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An operation that the kernel refused or could not finish: which, on what file, why, and what can be done.
 *
 * <p>Where {@code java.nio.file} has an exception of its own for a failure ({@link java.nio.file.NoSuchFileException},
 * {@link java.nio.file.AccessDeniedException}, {@link java.nio.file.FileAlreadyExistsException}), that one is thrown
 * instead.
 */
public final class AioException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What failed. */
    private final String operation;

    /** On what; null where no file is concerned. */
    private final transient Path file;

    /** Why. */
    private final int errno;

    /** Why, by name. */
    private final String symbol;

    /** What to do about it; null where nothing is known. */
    private final String remedy;

    /** How far it came. */
    private final long bytesTransferred;

    AioException(
            String operation,
            Path file,
            int errno,
            String symbol,
            String message,
            String remedy,
            long bytesTransferred) {
        super(message);
        this.operation = operation;
        this.file = file;
        this.errno = errno;
        this.symbol = symbol;
        this.remedy = remedy;
        this.bytesTransferred = bytesTransferred;
    }

    /**
     * What failed: the name of a method of this library, such as {@code write}, or of a system call, such as
     * {@code io_setup}.
     *
     * @return the name
     */
    public String operation() {
        return operation;
    }

    /**
     * The file concerned.
     *
     * @return the path as it was opened, or empty
     */
    public Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    /**
     * The kernel's error number, as in errno(3).
     *
     * @return a positive number
     */
    public int errno() {
        return errno;
    }

    /**
     * The error number's name.
     *
     * @return such as {@code ENOSPC}
     */
    public String symbol() {
        return symbol;
    }

    /**
     * What can be done about it. The message has it too.
     *
     * @return a sentence, or empty
     */
    public Optional<String> remedy() {
        return Optional.ofNullable(remedy);
    }

    /**
     * How many bytes had been moved before the failure, counted from where the operation began: those of a write stand
     * in the file.
     *
     * @return bytes
     */
    public long bytesTransferred() {
        return bytesTransferred;
    }
}
