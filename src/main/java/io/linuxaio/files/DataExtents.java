package io.linuxaio.files;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioFile;
import io.linuxaio.internal.access.CoreAccess;
import java.io.IOException;

/** Where a file has data, from its beginning on: what lies between is a hole, and reads as zeros. For one thread. */
final class DataExtents {
    private final AioFile file;
    private final AioAlignment unit;
    private final long length;
    private long start;
    private long end;

    /**
     * @param file the file
     * @param unit starts and ends are multiples of its offset, but for the end of the last one
     * @param length what lies behind is not looked at
     */
    DataExtents(AioFile file, AioAlignment unit, long length) {
        this.file = file;
        this.unit = unit;
        this.length = length;
    }

    /** Goes to the next one; false where there is none. */
    boolean next() throws IOException {
        long data = end < length ? CoreAccess.core().nextData(file, end) : length;
        if (data >= length) {
            end = length;
            return false;
        }
        // An answer that does not get us on would be asked for again and again.
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
