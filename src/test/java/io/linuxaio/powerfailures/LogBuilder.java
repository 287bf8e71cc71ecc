package io.linuxaio.powerfailures;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;

/** A write log made by hand. */
final class LogBuilder {
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private long count;

    /** Adds a write. */
    LogBuilder write(long sector, byte... data) {
        return add(sector, data.length / WriteLog.SECTOR, 0, data);
    }

    /** Adds a write of a record. */
    LogBuilder write(long sector, DurableRecord content) {
        byte[] block = new byte[DurableRecord.SIZE];
        content.writeTo(MemorySegment.ofArray(block), new Random(sector));
        return write(sector, block);
    }

    /** Adds a flush. */
    LogBuilder flush() {
        return add(0, 0, WriteLog.FLUSH);
    }

    /** Adds an entry of any kind. */
    LogBuilder add(long sector, long sectors, long flags, byte... data) {
        MemorySegment header = sector();
        header.set(JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN), 0, sector);
        header.set(JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN), 8, sectors);
        header.set(JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN), 16, flags);
        entries.writeBytes((byte[]) header.heapBase().orElseThrow());
        entries.writeBytes(data);
        count++;
        return this;
    }

    /** Returns the bytes of the log. */
    MemorySegment bytes() {
        MemorySegment superblock = sector();
        superblock.set(JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN), 0, WriteLog.MAGIC);
        superblock.set(JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN), 8, 1);
        superblock.set(JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN), 16, count);
        superblock.set(JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN), 24, WriteLog.SECTOR);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes((byte[]) superblock.heapBase().orElseThrow());
        all.writeBytes(entries.toByteArray());
        return MemorySegment.ofArray(all.toByteArray());
    }

    /** Returns the log. */
    WriteLog parse() throws IOException {
        return new WriteLog(bytes());
    }

    private static MemorySegment sector() {
        return MemorySegment.ofArray(new byte[WriteLog.SECTOR]);
    }

    /** Returns sectors that are filled with a byte. */
    static byte[] sectors(int count, int filling) {
        byte[] sectors = new byte[count * WriteLog.SECTOR];
        Arrays.fill(sectors, (byte) filling);
        return sectors;
    }
}
