package io.linuxaio;

import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.Arguments;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The checks of an operation's arguments before its submission. Messages name the argument and the remedy. */
final class Preconditions {
    /** The maximum number of segments of one vectored operation: the kernel's UIO_MAXIOV. */
    static final int MAX_SEGMENTS = 1024;

    private Preconditions() {}

    /** Checks a read, and returns its length in bytes. */
    static long read(AioFile file, MemorySegment target, long position) {
        file.requireReadable();
        Arguments.writableMemory(target);
        return transfer(file, target, position);
    }

    /** Checks a write, and returns its length in bytes. */
    static long write(AioFile file, MemorySegment source, long position) {
        file.requireWritable();
        long length = transfer(file, source, position);
        atomicity(file, position, length, 1);
        return length;
    }

    /** Checks a vectored read, and returns its total length in bytes. */
    static long readv(AioFile file, MemorySegment[] targets, long position) {
        file.requireReadable();
        for (MemorySegment target : targets) {
            Arguments.writableMemory(target);
        }
        return vectored(file, targets, position);
    }

    /** Checks a vectored write, and returns its total length in bytes. */
    static long writev(AioFile file, MemorySegment[] sources, long position) {
        file.requireWritable();
        long length = vectored(file, sources, position);
        atomicity(file, position, length, sources.length);
        return length;
    }

    /** Checks a read or write of any position and length. */
    static void full(AioFile file, MemorySegment memory, long position, boolean reads) {
        if (reads) {
            file.requireReadable();
            Arguments.writableMemory(memory);
        } else {
            file.requireWritable();
            if (file.attributes().has(AioRequestFlag.ATOMIC)) {
                throw new UnsupportedOperationException(
                        "a write of any position and length is not atomic; use write on views with ATOMIC");
            }
        }
        Arguments.notNegative("position", position);
        if (position > Long.MAX_VALUE - memory.byteSize()) {
            throw new IllegalArgumentException(
                    "the operation would end beyond the largest position: " + position + " + " + memory.byteSize());
        }
    }

    private static long transfer(AioFile file, MemorySegment segment, long position) {
        long length = segment.byteSize();
        nativeMemory(segment);
        extent(position, length);
        AioAlignment alignment = file.alignment();
        if ((segment.address() & alignment.memory() - 1L | (position | length) & alignment.offset() - 1L) != 0) {
            throw misaligned(file, segment, position);
        }
        return length;
    }

    private static long vectored(AioFile file, MemorySegment[] segments, long position) {
        if (segments.length < 1 || segments.length > MAX_SEGMENTS) {
            throw new IllegalArgumentException(
                    "a vectored operation takes 1 to " + MAX_SEGMENTS + " segments, not " + segments.length);
        }
        long length = 0;
        for (MemorySegment segment : segments) {
            length += transfer(file, segment, position);
        }
        extent(position, length);
        return length;
    }

    private static void extent(long position, long length) {
        Arguments.notNegative("position", position);
        if (length > Arguments.MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "one operation moves at most " + Arguments.MAX_LENGTH + " bytes, not " + length + "; split it");
        }
        if (position > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException(
                    "the operation would end beyond the largest position: " + position + " + " + length);
        }
    }

    private static void atomicity(AioFile file, long position, long length, int segments) {
        AioAtomicWriteLimits limits = file.attributes().atomicWrites();
        if (limits == null) {
            return;
        }
        if (length < limits.minUnit()
                || length > limits.maxUnit()
                || Long.bitCount(length) != 1
                || (position & length - 1) != 0
                || segments > limits.maxSegments()) {
            throw new IllegalArgumentException("an atomic write on " + file.path() + " has a length that is a power of"
                    + " two from " + limits.minUnit() + " to " + limits.maxUnit() + ", a position that is a multiple"
                    + " of it, and at most " + limits.maxSegments() + " segments; not " + length + " bytes at "
                    + position + " from " + segments + " segments");
        }
    }

    private static void nativeMemory(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException(
                    "the segment is on the Java heap, where the kernel cannot reach it; allocate it from an AioArena");
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("the segment's arena is closed");
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("the segment is confined to another thread; allocate it from an AioArena");
        }
    }

    /** Refuses memory that can be freed while an operation uses it: a segment, an array of segments, or null. */
    static void guarded(Object memory) {
        MemorySegment[] segments = switch (memory) {
            case null -> new MemorySegment[0];
            case MemorySegment[] several -> several;
            default -> new MemorySegment[] {(MemorySegment) memory};
        };
        for (MemorySegment segment : segments) {
            if (ArenaRefs.isUnguarded(segment)) {
                throw new IllegalArgumentException("strict: the segment's arena could be closed while an operation is"
                        + " in flight; allocate it from an AioArena or an AioBufferPool, or from the automatic or the"
                        + " global arena");
            }
        }
    }

    private static IllegalArgumentException misaligned(AioFile file, MemorySegment segment, long position) {
        AioAlignment alignment = file.alignment();
        StringBuilder message = new StringBuilder("direct I/O on ")
                .append(file.path())
                .append(" requires addresses that are multiples of ")
                .append(alignment.memory())
                .append(" and positions and lengths that are multiples of ")
                .append(alignment.offset())
                .append(':');
        append(message, "address", segment.address(), alignment.memory());
        append(message, "position", position, alignment.offset());
        append(message, "length", segment.byteSize(), alignment.offset());
        return new IllegalArgumentException(message.append(
                        " allocate from an AioArena, use AioFiles for any length, or open with AioOpenOption.BUFFERED")
                .toString());
    }

    private static void append(StringBuilder message, String name, long value, int alignment) {
        long excess = value & alignment - 1L;
        if (excess != 0) {
            message.append(' ')
                    .append(name)
                    .append(' ')
                    .append(value)
                    .append(" is ")
                    .append(excess)
                    .append(" too many;");
        }
    }

    /**
     * Returns the exception for a closed file or closed memory given to an {@link AioQueue}, whose owner closes both.
     *
     * @param memory the memory of the operation, or null
     */
    static IllegalStateException closed(AioFile file, Object memory) {
        return file.isOpen() ? closedMemory(memory) : new IllegalStateException("the file is closed: " + file.path());
    }

    /**
     * Returns the exception for an arena or a pooled buffer that is closed.
     *
     * @param memory the memory of the operation
     */
    static IllegalStateException closedMemory(Object memory) {
        return new IllegalStateException(
                isAlive(memory)
                        ? "the segment's arena is closed to new operations, or its pooled buffer was released"
                        : "the segment's arena is closed");
    }

    private static boolean isAlive(Object memory) {
        return switch (memory) {
            case MemorySegment one -> one.scope().isAlive();
            case MemorySegment[] several ->
                Arrays.stream(several).allMatch(one -> one.scope().isAlive());
            case null, default -> false;
        };
    }
}
