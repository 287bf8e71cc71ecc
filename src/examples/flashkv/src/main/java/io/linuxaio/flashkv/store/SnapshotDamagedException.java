package io.linuxaio.flashkv.store;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** Thrown if a snapshot is not what was written. */
public final class SnapshotDamagedException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    /** The place in the file. */
    private final long offset;

    SnapshotDamagedException(Path path, long offset, String reason) {
        super(
                path.toString(),
                null,
                reason + ", at byte " + offset + " of the file; restore the file, or start with --truncate-snapshot-at "
                        + offset + ", which gives up all entries from there on");
        this.offset = offset;
    }

    /** Returns the number of bytes before the damaged block. */
    public long offset() {
        return offset;
    }
}
