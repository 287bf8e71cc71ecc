package io.linuxaio.log;

import static io.linuxaio.log.Layout.INT;
import static io.linuxaio.log.Layout.LONG;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The beginning of a segment. It is durable before the file gets the name of a segment, and never changes until the file is
 * recycled.
 *
 * <p>Its layout, in little-endian: magic (8 bytes at 0), format version (4 at 8), CRC-32C of the bytes 0 to 11 and 16 to 63
 * (4 at 12), then the components in their order, 8 bytes each except for the block size's 4. Later versions keep magic,
 * version and checksum where they are.
 *
 * @param id a random number. It is part of each group, so that bytes of a recycled file are never taken for records
 * @param base the position of the first byte of the file
 * @param previousEnd the position at which the records of the segment before end; all of them are durable
 * @param size the length of the file
 * @param blockSize the unit of writes: each group begins at a multiple of it
 */
record SegmentHeader(long id, long base, long previousEnd, long size, int blockSize) {
    static final int VERSION = 1;
    static final int MIN_BLOCK = 4096;

    private static final long MAGIC = 0x474f4c4f4941584cL; // "LXAIOLOG"
    private static final int VERSION_AT = 8;
    private static final int CRC_AT = 12;
    private static final int ID_AT = 16;
    private static final int BASE_AT = 24;
    private static final int PREVIOUS_END_AT = 32;
    private static final int SIZE_AT = 40;
    private static final int BLOCK_SIZE_AT = 48;
    private static final int BYTES = 64;

    /** Returns the number of bytes that the header occupies, the first group's offset in the file. */
    long area() {
        return Math.max(MIN_BLOCK, blockSize);
    }

    /** Returns the position behind the last byte of the file, which is the base of the next segment. */
    long limit() {
        return base + size;
    }

    /** Returns the position at which the first group begins. */
    long first() {
        return base + area();
    }

    /** Writes the header to the beginning of a block. */
    void encode(MemorySegment block) {
        block.fill((byte) 0);
        block.set(LONG, 0, MAGIC);
        block.set(INT, VERSION_AT, VERSION);
        block.set(LONG, ID_AT, id);
        block.set(LONG, BASE_AT, base);
        block.set(LONG, PREVIOUS_END_AT, previousEnd);
        block.set(LONG, SIZE_AT, size);
        block.set(INT, BLOCK_SIZE_AT, blockSize);
        block.set(INT, CRC_AT, checksum(block));
    }

    /**
     * Reads a header.
     *
     * @param bytes the beginning of the file
     * @param path the file, for messages
     * @param base the base that the file's name states
     * @param length the length of the file
     */
    static SegmentHeader decode(MemorySegment bytes, Path path, long base, long length)
            throws LogCorruptException, LogVersionException {
        if (bytes.byteSize() < BYTES || bytes.get(LONG, 0) != MAGIC || bytes.get(INT, CRC_AT) != checksum(bytes)) {
            throw new LogCorruptException(path, base, 0, "the header of the segment is damaged");
        }
        int version = bytes.get(INT, VERSION_AT);
        if (version != VERSION) {
            throw new LogVersionException(path, version);
        }
        SegmentHeader header = new SegmentHeader(
                bytes.get(LONG, ID_AT),
                bytes.get(LONG, BASE_AT),
                bytes.get(LONG, PREVIOUS_END_AT),
                bytes.get(LONG, SIZE_AT),
                bytes.get(INT, BLOCK_SIZE_AT));
        if (header.base != base) {
            throw new LogCorruptException(
                    path, base, BASE_AT, "the segment is not the one of its name: it begins at " + header.base);
        }
        if (header.size != length) {
            throw new LogCorruptException(
                    path,
                    base,
                    Math.min(length, header.size),
                    "the segment has " + length + " bytes of " + header.size);
        }
        return header;
    }

    private static int checksum(MemorySegment bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.asSlice(0, CRC_AT).asByteBuffer());
        crc.update(bytes.asSlice(ID_AT, BYTES - ID_AT).asByteBuffer());
        return (int) crc.getValue();
    }
}
