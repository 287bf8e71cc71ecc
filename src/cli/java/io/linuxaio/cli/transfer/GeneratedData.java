package io.linuxaio.cli.transfer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;

/**
 * Pseudo-random bytes that are a function of their position (the mixing function of SplitMix64). They cannot be compressed,
 * and differ from those at another position.
 */
public final class GeneratedData implements ReadableByteChannel {
    /** 2^64 divided by the golden ratio: makes adjacent values differ in many bits before they are mixed. */
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final long length;
    private long position;
    private boolean open = true;

    public GeneratedData(long length) {
        this.length = length;
    }

    @Override
    public int read(ByteBuffer target) {
        if (position == length && target.hasRemaining()) {
            return -1;
        }
        int count = (int) Math.min(target.remaining(), length - position);
        fill(MemorySegment.ofBuffer(target).asSlice(0, count), position);
        target.position(target.position() + count);
        position += count;
        return count;
    }

    /** Fills a segment with the bytes from a position on. */
    public static void fill(MemorySegment target, long position) {
        long size = target.byteSize();
        long head = Math.min(size, -position & 7);
        for (long i = 0; i < head; i++) {
            putByte(target, i, position + i);
        }
        long words = (size - head) >>> 3;
        long first = (position + head) >>> 3;
        for (long i = 0; i < words; i++) {
            target.set(WORD, head + (i << 3), word(first + i));
        }
        for (long i = head + (words << 3); i < size; i++) {
            putByte(target, i, position + i);
        }
    }

    private static void putByte(MemorySegment target, long index, long position) {
        target.set(ValueLayout.JAVA_BYTE, index, (byte) (word(position >>> 3) >>> ((position & 7) << 3)));
    }

    /** Returns eight bytes, in little-endian order. */
    private static long word(long number) {
        long z = (number + 1) * STEP;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
    }
}
