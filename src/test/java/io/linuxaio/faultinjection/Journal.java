package io.linuxaio.faultinjection;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * The records of a file that is written from front to back. Each record fills whole blocks and contains its number, its
 * length, a checksum and contents derived from a seed.
 */
record Journal(long seed) {
    static final int BLOCK = 4096;
    static final int MAX_BLOCKS = 4;
    private static final int HEADER = 24;
    private static final int NUMBER = 0;
    private static final int LENGTH = 8;
    private static final int CHECKSUM = 16;

    /** Returns the length of a record, in bytes. */
    int length(long number) {
        return BLOCK * (1 + new Random(seed ^ number).nextInt(MAX_BLOCKS));
    }

    /** Fills memory of its length with a record. */
    void fill(long number, MemorySegment record) {
        byte[] contents = new byte[(int) record.byteSize() - HEADER];
        new Random(seed + number).nextBytes(contents);
        record.set(JAVA_LONG, NUMBER, number);
        record.set(JAVA_INT, LENGTH, (int) record.byteSize());
        record.set(JAVA_LONG, CHECKSUM, checksum(contents, number));
        record.asSlice(HEADER).copyFrom(MemorySegment.ofArray(contents));
    }

    private static long checksum(byte[] contents, long number) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, number));
        crc.update(contents);
        return crc.getValue();
    }

    /** Returns the first of so many records that is not complete in the file; their number if all are. */
    long firstBroken(byte[] file, long records) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.nativeOrder());
        int position = 0;
        for (long number = 0; number < records; number++) {
            int length = length(number);
            if (position + length > file.length
                    || bytes.getLong(position + NUMBER) != number
                    || bytes.getInt(position + LENGTH) != length) {
                return number;
            }
            byte[] contents = new byte[length - HEADER];
            bytes.get(position + HEADER, contents);
            if (bytes.getLong(position + CHECKSUM) != checksum(contents, number)) {
                return number;
            }
            position += length;
        }
        return records;
    }
}
