package io.linuxaio.testing;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** Contents for tests: bytes that differ from place to place, so that a block in the wrong one is seen. */
public final class Bytes {
    private Bytes() {}

    /** So many bytes, always the same for one seed. */
    public static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** A segment with the given contents. */
    public static MemorySegment copy(Arena arena, byte[] bytes) {
        MemorySegment segment = arena.allocate(bytes.length);
        MemorySegment.copy(bytes, 0, segment, JAVA_BYTE, 0, bytes.length);
        return segment;
    }

    /** What a segment holds. */
    public static byte[] of(MemorySegment segment) {
        return segment.toArray(JAVA_BYTE);
    }
}
