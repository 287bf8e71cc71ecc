package io.linuxaio.log;

import static io.linuxaio.log.Layout.INT;
import static io.linuxaio.log.Layout.LONG;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A group as it is in a segment: a header, and records one behind the other. One checksum covers all of it, so after a failure
 * a group is there as a whole or not at all.
 *
 * <p>The header, in little-endian: CRC-32C of the rest of the group (4 bytes at 0), length of the group in bytes with its
 * header and without padding (4 at 4), id of the segment (8 at 8), position (8 at 16), the position up to which the log was
 * durable when the group was written (8 at 24), number of records (4 at 32), zero (4 at 36). Each record is its length (4
 * bytes) and its bytes. The next group begins at the next multiple of the block size.
 *
 * @param bytes the group without padding
 */
record Group(MemorySegment bytes) {
    static final int HEADER = 40;
    /** The bytes of a record's length. */
    static final int PREFIX = 4;

    private static final int LENGTH_AT = 4;
    private static final int ID_AT = 8;
    private static final int POSITION_AT = 16;
    private static final int DURABLE_AT = 24;
    private static final int COUNT_AT = 32;
    private static final int ZERO_AT = 36;

    /** Completes a group whose records are in place. */
    static void encodeHeader(MemorySegment group, long id, long position, long durable, int count) {
        group.set(INT, LENGTH_AT, (int) group.byteSize());
        group.set(LONG, ID_AT, id);
        group.set(LONG, POSITION_AT, position);
        group.set(LONG, DURABLE_AT, durable);
        group.set(INT, COUNT_AT, count);
        group.set(INT, ZERO_AT, 0);
        group.set(INT, 0, Layout.crc(group, LENGTH_AT, group.byteSize()));
    }

    /**
     * Returns the length of the group whose header this may be, without a look at its checksum; 0 if it is none.
     *
     * @param header at least as many bytes as a header has
     */
    static int length(MemorySegment header, long id, long position, long limit) {
        int length = header.get(INT, LENGTH_AT);
        boolean plausible = header.get(LONG, ID_AT) == id
                && header.get(LONG, POSITION_AT) == position
                && length >= HEADER
                && length <= limit - position;
        return plausible ? length : 0;
    }

    /** Returns {@code true} if the checksum is right and the records fill the group. */
    boolean isValid() {
        if (bytes.get(INT, 0) != Layout.crc(bytes, LENGTH_AT, bytes.byteSize())) {
            return false;
        }
        long at = HEADER;
        for (int left = count(); left > 0; left--) {
            if (at + PREFIX > bytes.byteSize() || bytes.get(INT, at) < 0) {
                return false;
            }
            at += PREFIX + bytes.get(INT, at);
        }
        return at == bytes.byteSize();
    }

    long position() {
        return bytes.get(LONG, POSITION_AT);
    }

    /** Returns the position behind the last record. */
    long end() {
        return position() + bytes.byteSize();
    }

    /** Returns the position up to which the log was durable when the group was written. */
    long durable() {
        return bytes.get(LONG, DURABLE_AT);
    }

    int count() {
        return bytes.get(INT, COUNT_AT);
    }

    /** Returns the record at an offset in the group, which the records before it lead to. */
    ByteBuffer record(long offset) {
        return bytes.asSlice(offset + PREFIX, bytes.get(INT, offset))
                .asByteBuffer()
                .asReadOnlyBuffer();
    }

    /** Passes the records from a position on to a handler. */
    void forEach(long from, LogRecordHandler handler) throws IOException {
        for (long at = HEADER; at < bytes.byteSize(); at += PREFIX + bytes.get(INT, at)) {
            long position = position() + at;
            if (position >= from) {
                handler.onRecord(position, record(at));
            }
        }
    }
}
