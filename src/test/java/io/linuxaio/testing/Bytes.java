package io.linuxaio.testing;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** Test contents: bytes that differ between positions, so that a misplaced block is detected. */
public final class Bytes {
    private Bytes() {}

    /** Returns pseudorandom bytes, always the same for one seed. */
    public static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Returns a segment with the given contents. */
    public static MemorySegment copy(Arena arena, byte[] bytes) {
        MemorySegment segment = arena.allocate(bytes.length);
        MemorySegment.copy(bytes, 0, segment, JAVA_BYTE, 0, bytes.length);
        return segment;
    }

    /** Returns the contents of a segment. */
    public static byte[] of(MemorySegment segment) {
        return segment.toArray(JAVA_BYTE);
    }
}
