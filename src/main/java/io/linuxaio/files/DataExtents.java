package io.linuxaio.files;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioFile;
import io.linuxaio.internal.access.CoreAccess;
import java.io.IOException;

/**
 * An iterator over the data extents of a file; the ranges between them are holes. Not safe for use by several threads.
 */
final class DataExtents {
    private final AioFile file;
    private final AioAlignment unit;
    private final long length;
    private long start;
    private long end;

    /**
     * @param file the file
     * @param unit the alignment of which starts and ends are multiples, except the end of the last extent
     * @param length the position at which the iteration ends
     */
    DataExtents(AioFile file, AioAlignment unit, long length) {
        this.file = file;
        this.unit = unit;
        this.length = length;
    }

    /** Advances to the next extent. Returns {@code false} if there is none. */
    boolean next() throws IOException {
        long data = end < length ? CoreAccess.core().nextData(file, end) : length;
        if (data >= length) {
            end = length;
            return false;
        }
        // Guarantees progress even if the filesystem reports an empty extent.
        long hole = Math.max(data + 1, CoreAccess.core().nextHole(file, data));
        start = Math.max(end, unit.roundDown(data));
        end = hole >= length ? length : Math.min(length, unit.roundUp(hole));
        return true;
    }

    long start() {
        return start;
    }

    long end() {
        return end;
    }
}
