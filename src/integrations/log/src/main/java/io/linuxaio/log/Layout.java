package io.linuxaio.log;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** The integers of the file format, little-endian and unaligned, and its checksum. */
final class Layout {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Layout() {}

    /** Returns the CRC-32C of bytes of a segment. */
    static int crc(MemorySegment bytes, long from, long to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.asSlice(from, to - from).asByteBuffer());
        return (int) crc.getValue();
    }

    /** Rounds up to a multiple of a power of two. */
    static long roundUp(long bytes, long unit) {
        return (bytes + unit - 1) & -unit;
    }
}
