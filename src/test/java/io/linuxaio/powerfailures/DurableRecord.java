package io.linuxaio.powerfailures;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * A block that was written with a guarantee: a magic number, the guarantee, the record's number, the last acknowledged
 * number, a checksum, and random bytes.
 *
 * @param number counted from 1 for each guarantee
 * @param acknowledged the highest number that was acknowledged, for this guarantee, before this record was submitted
 */
record DurableRecord(Guarantee guarantee, long number, long acknowledged) {
    /** The size of a record, in bytes. */
    static final int SIZE = 4096;

    private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final long MAGIC = 0x6472_6f63_6572_6f69L;
    private static final int GUARANTEE = 8;
    private static final int NUMBER = 16;
    private static final int ACKNOWLEDGED = 24;
    private static final int CHECKSUM = 32;
    private static final int FILLING = 40;

    /** Writes this record to a block. */
    void writeTo(MemorySegment block, Random random) {
        block.set(LONG, 0, MAGIC);
        block.set(LONG, GUARANTEE, guarantee.ordinal());
        block.set(LONG, NUMBER, number);
        block.set(LONG, ACKNOWLEDGED, acknowledged);
        for (int at = FILLING; at < SIZE; at += Long.BYTES) {
            block.set(LONG, at, random.nextLong());
        }
        block.set(LONG, CHECKSUM, checksum(block));
    }

    /** Returns the record in a block, or nothing if there is none or it is not whole. */
    static Optional<DurableRecord> read(MemorySegment block) {
        if (block.get(LONG, 0) != MAGIC || block.get(LONG, CHECKSUM) != checksum(block)) {
            return Optional.empty();
        }
        Guarantee guarantee = Guarantee.values()[(int) block.get(LONG, GUARANTEE)];
        return Optional.of(new DurableRecord(guarantee, block.get(LONG, NUMBER), block.get(LONG, ACKNOWLEDGED)));
    }

    private static long checksum(MemorySegment block) {
        CRC32C sum = new CRC32C();
        sum.update(block.asSlice(0, CHECKSUM).asByteBuffer());
        sum.update(block.asSlice(FILLING, SIZE - FILLING).asByteBuffer());
        return sum.getValue();
    }
}
