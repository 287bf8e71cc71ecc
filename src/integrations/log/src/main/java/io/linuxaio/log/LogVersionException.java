package io.linuxaio.log;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** Thrown if a segment was written by a later version of this library, in a format that this version does not know. */
public final class LogVersionException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    /** The version of the file. */
    private final int version;

    LogVersionException(Path file, int version) {
        super(
                file.toString(),
                null,
                "the segment has format version " + version + ", and this library reads up to version "
                        + SegmentHeader.VERSION + "; open the log with the library that wrote it, or a later one");
        this.version = version;
    }

    /**
     * Returns the format version of the segment.
     *
     * @return a number greater than the one this library writes
     */
    public int version() {
        return version;
    }
}
