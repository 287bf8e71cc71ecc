package io.linuxaio.flashkv.store;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Applies mutations, of the log or of a snapshot, to a keyspace. Decides nothing by the clock. */
final class MutationReader {
    private final Keyspace keyspace;

    MutationReader(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    /** Applies all mutations in a buffer. */
    void applyAll(ByteBuffer mutations) throws IOException {
        try {
            while (mutations.hasRemaining()) {
                apply(mutations);
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            throw new IOException("a mutation ends before its bytes", e);
        }
    }

    private void apply(ByteBuffer in) throws IOException {
        byte kind = in.get();
        if (kind == MutationWriter.CLEAR) {
            keyspace.clear();
            return;
        }
        Key key = new Key(bytes(in));
        switch (kind) {
            case MutationWriter.PUT -> {
                long deadline = in.getLong();
                keyspace.put(key, new Entry(bytes(in), deadline));
            }
            case MutationWriter.APPEND -> append(key, in.getInt(), bytes(in));
            case MutationWriter.DEADLINE -> setDeadline(key, in.getLong());
            case MutationWriter.REMOVE -> keyspace.remove(key);
            default -> throw new IOException("unknown kind of mutation: " + kind);
        }
    }

    private void append(Key key, int offset, byte[] suffix) {
        Entry entry = keyspace.get(key);
        // A snapshot may have a later value. Then a later mutation sets or removes it.
        if (entry != null && entry.value().length >= offset) {
            byte[] value = Arrays.copyOf(entry.value(), offset + suffix.length);
            System.arraycopy(suffix, 0, value, offset, suffix.length);
            keyspace.put(key, new Entry(value, entry.deadline()));
        }
    }

    private void setDeadline(Key key, long deadline) {
        Entry entry = keyspace.get(key);
        if (entry != null) {
            keyspace.put(key, new Entry(entry.value(), deadline));
        }
    }

    private static byte[] bytes(ByteBuffer in) {
        int length = in.getInt();
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
