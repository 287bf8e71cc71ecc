package io.linuxaio.files;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioFile;
import io.linuxaio.internal.access.CoreAccess;
import java.io.IOException;

/**
 * The end of a file that a channel writes: space reserved beyond the contents, and the truncation to their end.
 *
 * <p>Only a file that was empty when the channel opened it is extended by a reservation, and only such a file is cut.
 * It is cut only if it still has the length that this channel gave it, since another writer may have appended to it.
 * Not safe for use by several threads.
 */
final class FileEnd {
    private final AioFile file;
    private final AioAlignment unit;
    private final boolean own;

    /** The length of the file after the writes and reservations of this channel, in bytes. */
    private long ownLength;

    /** The end of the reserved space, in bytes. */
    private long reserved;

    /**
     * @param file the file, open for writing
     * @param unit a multiple of the alignment of direct I/O; the last write of the channel extends the file by at most
     *     this
     * @param own whether the file was empty when it was opened, and this channel writes all of its contents
     */
    FileEnd(AioFile file, AioAlignment unit, boolean own) {
        this.file = file;
        this.unit = unit;
        this.own = own && !CoreAccess.core().isBlockDevice(file);
    }

    /** Records that a write of the channel ended at a position. */
    void reached(long position) {
        ownLength = Math.max(ownLength, position);
    }

    /**
     * Reserves space up to a length. An own file is extended to slightly less than that length, which the last write
     * completes. Any other file gets space only within its present length, since space beyond it could not be released
     * without a risk to bytes that other writers append.
     *
     * @param from the start of the space, in bytes
     * @param length the length of the whole file in bytes
     * @throws IOException if there is no space, or the filesystem cannot reserve it
     */
    void reserve(long from, long length) throws IOException {
        if (CoreAccess.core().isBlockDevice(file)) {
            return;
        }
        long end = own ? length : Math.min(length, file.size());
        if (end <= from) {
            return;
        }
        if (!own) {
            CoreAccess.core().reserve(file, from, end, 0);
            return;
        }
        // Recorded first: a failed reservation may have reserved a part of the space.
        reserved = Math.max(reserved, end);
        long extendedLength = unit.roundDown(end - 1);
        CoreAccess.core().reserve(file, from, end, extendedLength);
        if (extendedLength > from) {
            reached(extendedLength);
        }
    }

    /**
     * Truncates the file after its last valid byte, and releases the space reserved there.
     *
     * @param validEnd the end of the valid contents, in bytes
     */
    void cut(long validEnd) throws IOException {
        if (!own || ownLength <= validEnd && reserved <= validEnd) {
            return;
        }
        if (file.size() == ownLength) {
            file.setLength(validEnd);
            ownLength = validEnd;
        }
        reserved = validEnd;
    }
}
