package io.linuxaio.flashkv.store;

import java.util.Arrays;

/** The name of a value: bytes, which nobody changes. */
public final class Key implements Comparable<Key> {
    private final byte[] bytes;
    private final int hash;

    /** Creates a key of bytes, which are not copied. */
    public Key(byte[] bytes) {
        this.bytes = bytes;
        hash = Arrays.hashCode(bytes);
    }

    /** Returns the bytes, which must not be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** Orders keys by their bytes; hash tables need it for keys whose hashes a client has made collide. */
    @Override
    public int compareTo(Key other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
