package io.linuxaio.flashkv.store;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Encodes mutations: the record of a batch in the log, or a block of a snapshot.
 *
 * <p>Integers are big-endian. A mutation is a byte for its kind, then the key (length of 4 bytes, bytes), then: for PUT the
 * deadline (8) and the value (length of 4 bytes, bytes); for APPEND the length of the value before it (4) and the bytes added
 * (length of 4 bytes, bytes); for DEADLINE the deadline (8); for REMOVE nothing. CLEAR has no key.
 *
 * <p>A mutation states a result, not a computation. To apply a sequence of them again, to entries that some of them have
 * already changed, leads to the same entries. Snapshots of entries that change meanwhile rely on that.
 */
final class MutationWriter {
    static final byte PUT = 1;
    static final byte APPEND = 2;
    static final byte DEADLINE = 3;
    static final byte REMOVE = 4;
    static final byte CLEAR = 5;

    /** The most bytes that a mutation takes beside key and value. */
    static final int OVERHEAD = 1 + Integer.BYTES + Long.BYTES + Integer.BYTES;

    private static final int INITIAL = 4096;
    private static final int KEEP = 1 << 20;

    private ByteBuffer buffer = ByteBuffer.allocate(INITIAL);

    /** Begins a new record. */
    void reset() {
        buffer = buffer.capacity() > KEEP ? ByteBuffer.allocate(INITIAL) : buffer.clear();
    }

    int length() {
        return buffer.position();
    }

    /** Returns the record, which is valid until the next change. */
    MemorySegment bytes() {
        return MemorySegment.ofArray(buffer.array()).asSlice(0, buffer.position());
    }

    void put(Key key, Entry entry) {
        begin(PUT, key, Long.BYTES + Integer.BYTES + entry.value().length);
        buffer.putLong(entry.deadline());
        bytes(entry.value());
    }

    void append(Key key, int offset, byte[] suffix) {
        begin(APPEND, key, 2 * Integer.BYTES + suffix.length);
        buffer.putInt(offset);
        bytes(suffix);
    }

    void setDeadline(Key key, long deadline) {
        begin(DEADLINE, key, Long.BYTES);
        buffer.putLong(deadline);
    }

    void remove(Key key) {
        begin(REMOVE, key, 0);
    }

    void clear() {
        reserve(1);
        buffer.put(CLEAR);
    }

    private void begin(byte kind, Key key, int more) {
        reserve(1 + Integer.BYTES + key.bytes().length + more);
        buffer.put(kind);
        bytes(key.bytes());
    }

    private void bytes(byte[] bytes) {
        buffer.putInt(bytes.length).put(bytes);
    }

    private void reserve(int bytes) {
        if (buffer.remaining() < bytes) {
            int capacity = Math.max(2 * buffer.capacity(), buffer.position() + bytes);
            buffer = ByteBuffer.allocate(capacity).put(buffer.flip());
        }
    }
}
