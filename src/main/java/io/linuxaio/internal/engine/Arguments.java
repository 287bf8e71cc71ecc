package io.linuxaio.internal.engine;

import java.lang.foreign.MemorySegment;

/** The checks of arguments that need no open file. */
public final class Arguments {
    /** The maximum number of bytes that one system call transfers: {@code MAX_RW_COUNT} with pages of 4 KiB. */
    public static final long MAX_LENGTH = 0x7fff_f000L;

    private Arguments() {}

    /**
     * Requires that a value is not negative.
     *
     * @throws IllegalArgumentException if it is; the message contains the name
     */
    public static void notNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException("the " + name + " is negative: " + value);
        }
    }

    /**
     * Requires that the kernel may write to a segment.
     *
     * @throws IllegalArgumentException if the segment is read-only
     */
    public static void writableMemory(MemorySegment target) {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("the segment is read-only; it cannot be read into");
        }
    }

    /**
     * Requires that a queue depth is from 1 to a maximum, and returns it.
     *
     * @throws IllegalArgumentException if it is not
     */
    public static int depth(int depth, int max) {
        if (depth < 1 || depth > max) {
            throw new IllegalArgumentException("the queue depth must be from 1 to " + max + ": " + depth);
        }
        return depth;
    }
}
