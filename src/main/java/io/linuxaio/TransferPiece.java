package io.linuxaio;

import io.linuxaio.internal.engine.Arguments;
import io.linuxaio.internal.engine.PinnedMemory;
import io.linuxaio.internal.memory.BounceBuffers;
import java.lang.foreign.MemorySegment;

/**
 * One operation of a {@link FullTransfer}: a range of whole blocks of the file, and the memory for it. Its aligned middle
 * is the caller's memory if that is long and aligned; all else is bounce buffers. For one thread at a time.
 */
final class TransferPiece {
    /** The maximum number of bounce buffers of one operation. */
    static final int MAX_BUFFERS = 16;

    /** The minimum length of a middle that is transferred directly although edges need bounce buffers, in bytes. */
    private static final int MIN_DIRECT = 16 << 10;

    private final PinnedMemory memory;

    /** The position in the file of the caller's first byte. */
    private final long base;

    private final long first;
    private final long length;

    /** The memory of the operation, in the order of the file. */
    private final MemorySegment[] parts;

    /** The index of the part that is the caller's memory; -1 if there is none. */
    private final int direct;

    /** The buffers that the other parts belong to. */
    private final MemorySegment[] buffers;

    private TransferPiece(
            PinnedMemory memory,
            long base,
            long first,
            long length,
            MemorySegment[] parts,
            int direct,
            MemorySegment[] buffers) {
        this.memory = memory;
        this.base = base;
        this.first = first;
        this.length = length;
        this.parts = parts;
        this.direct = direct;
        this.buffers = buffers;
    }

    /**
     * Plans the operation for the first bytes of a range, or all of it.
     *
     * @param alignment the alignment of the file
     * @param memory the caller's memory
     * @param base the position in the file of the memory's first byte
     * @param from the position of the first byte
     * @param to the position after the last one, such that the end of its block is a valid position
     */
    static TransferPiece plan(AioAlignment alignment, PinnedMemory memory, long base, long from, long to) {
        int unit = alignment.offset();
        long first = alignment.roundDown(from);
        long head = first == from ? 0 : unit;
        long middle = alignment.roundDown(to) - first - head;
        boolean hasTail = alignment.roundDown(to) != to;
        boolean isWhole = head == 0 && !hasTail;
        if (middle >= (isWhole ? 1 : MIN_DIRECT) && memory.fits(first + head - base, middle, alignment.memory())) {
            long most = alignment.roundDown(Arguments.MAX_LENGTH) - 2L * unit;
            return directly(alignment, memory, base, first, head, Math.min(middle, most), hasTail && middle <= most);
        }
        return bounced(alignment, memory, base, first, alignment.roundUp(to) - first);
    }

    /** Returns the size of the bounce buffers for an alignment, in bytes: a multiple of its unit. */
    static int bufferSize(AioAlignment alignment) {
        return Math.max(BounceBuffers.SIZE, alignment.offset());
    }

    /** Acquires a bounce buffer of that size. */
    static MemorySegment acquire(AioAlignment alignment) {
        return BounceBuffers.acquire(bufferSize(alignment), alignment.memory());
    }

    private static TransferPiece directly(
            AioAlignment alignment,
            PinnedMemory memory,
            long base,
            long first,
            long head,
            long middle,
            boolean hasTail) {
        int unit = alignment.offset();
        int edges = (head > 0 ? 1 : 0) + (hasTail ? 1 : 0);
        MemorySegment[] parts = new MemorySegment[1 + edges];
        int direct = head > 0 ? 1 : 0;
        parts[direct] = memory.segment().asSlice(first + head - base, middle);
        MemorySegment[] buffers = new MemorySegment[edges];
        for (int i = 0; i < edges; i++) {
            buffers[i] = acquire(alignment);
            parts[i == 0 && head > 0 ? 0 : direct + 1] = buffers[i].asSlice(0, unit);
        }
        return new TransferPiece(memory, base, first, head + middle + (hasTail ? unit : 0), parts, direct, buffers);
    }

    private static TransferPiece bounced(
            AioAlignment alignment, PinnedMemory memory, long base, long first, long span) {
        int size = bufferSize(alignment);
        long length = Math.min(span, (long) size * MAX_BUFFERS);
        int count = (int) ((length - 1) / size + 1);
        MemorySegment[] buffers = new MemorySegment[count];
        MemorySegment[] parts = new MemorySegment[count];
        for (int i = 0; i < count; i++) {
            buffers[i] = acquire(alignment);
            parts[i] = buffers[i].asSlice(0, Math.min(size, length - (long) i * size));
        }
        return new TransferPiece(memory, base, first, length, parts, -1, buffers);
    }

    /** Returns the position in the file at which the operation begins. */
    long first() {
        return first;
    }

    /** Returns the length of the operation, in bytes. */
    long length() {
        return length;
    }

    /** Returns the position in the file after the last byte of the operation. */
    long last() {
        return first + length;
    }

    boolean isVectored() {
        return parts.length > 1;
    }

    /** Returns the memory of the operation: a segment, or an array of them if it is vectored. */
    Object memory() {
        return isVectored() ? parts : parts[0];
    }

    /** Returns the first part, if it is a bounce buffer, else a part of the given size of it. */
    MemorySegment head(int unit) {
        return parts[0].asSlice(0, unit);
    }

    /** Returns the last block, which is in a bounce buffer. */
    MemorySegment tail(int unit) {
        MemorySegment last = parts[parts.length - 1];
        return last.asSlice(last.byteSize() - unit, unit);
    }

    /** Copies the caller's bytes of a range of the file into the bounce buffers. */
    void copyIn(long from, long to) {
        copy(from, to, true);
    }

    /** Copies bytes of a range of the file from the bounce buffers into the caller's memory. */
    void copyOut(long from, long to) {
        copy(from, to, false);
    }

    private void copy(long from, long to, boolean in) {
        long start = first;
        for (int i = 0; i < parts.length; i++) {
            MemorySegment part = parts[i];
            long begin = Math.max(start, from);
            long count = Math.min(start + part.byteSize() - begin, to - begin);
            if (i != direct && count > 0) {
                if (in) {
                    MemorySegment.copy(memory.segment(), begin - base, part, begin - start, count);
                } else {
                    MemorySegment.copy(part, begin - start, memory.segment(), begin - base, count);
                }
            }
            start += part.byteSize();
        }
    }

    /** Releases the bounce buffers. No operation may use them. */
    void release() {
        for (int i = 0; i < buffers.length; i++) {
            MemorySegment buffer = buffers[i];
            if (buffer != null) {
                buffers[i] = null;
                BounceBuffers.release(buffer);
            }
        }
    }
}
