package io.linuxaio.log;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/**
 * Thrown if bytes of a log that were durable are not what was written. A torn tail is no corruption: records that no sync had
 * covered are cut silently when a log is opened.
 *
 * <p>The records before {@link #position} are intact. {@link LogWriter.Builder#truncateAt} opens the log with these alone.
 */
public final class LogCorruptException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    /** The segment. */
    private final transient Path path;

    /** The place in the log. */
    private final long position;

    /** The place in the file. */
    private final long offset;

    LogCorruptException(Path path, long position, long offset, String reason) {
        super(
                path.toString(),
                null,
                reason + ", at position " + position + " of the log, byte " + offset
                        + " of the file; restore the file, or" + " open the log with truncateAt(" + position
                        + "), which gives up all records from there on");
        this.path = path;
        this.position = position;
        this.offset = offset;
    }

    /**
     * Returns the segment that is corrupt, or missing.
     *
     * @return the file; {@code null} if the exception was deserialized
     */
    public Path path() {
        return path;
    }

    /**
     * Returns the position of the first group or segment of the log that cannot be read.
     *
     * @return the argument for {@link LogWriter.Builder#truncateAt}
     */
    public long position() {
        return position;
    }

    /**
     * Returns the place in the file.
     *
     * @return bytes from the beginning of the file
     */
    public long offset() {
        return offset;
    }
}
