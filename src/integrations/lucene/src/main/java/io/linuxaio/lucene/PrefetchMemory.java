package io.linuxaio.lucene;

import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferAllocator;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bounded memory of prefetched ranges of all files. If it is full, the oldest range that is not in use is evicted, as
 * in a FIFO cache: it was prefetched and never read. Safe for use by any thread.
 */
final class PrefetchMemory {
    /** The maximum number of ranges in use or in flight that an allocation passes over. */
    private static final int MAX_PASSED = 16;

    private final AioBufferAllocator allocator = AioBufferAllocator.open();
    private final AtomicLong used = new AtomicLong();
    private final ConcurrentLinkedQueue<PrefetchedRange> oldestFirst = new ConcurrentLinkedQueue<>();
    private final long limit;

    PrefetchMemory(long limit) {
        this.limit = limit;
    }

    /** Allocates a buffer for a range; returns null if the memory is full of ranges in use. */
    AioBuffer allocate(PrefetchedRange range, int alignment) {
        int bytes = range.length();
        forgetFreed();
        for (int passed = 0; !reserve(bytes); ) {
            PrefetchedRange oldest = oldestFirst.poll();
            if (oldest == null || passed == MAX_PASSED) {
                return null;
            }
            if (!oldest.table().evict(oldest)) {
                oldestFirst.add(oldest);
                passed++;
            }
        }
        AioBuffer buffer = null;
        try {
            buffer = allocator.allocate(bytes, alignment);
            oldestFirst.add(range);
        } finally {
            if (buffer == null) {
                used.addAndGet(-bytes);
            }
        }
        return buffer;
    }

    private boolean reserve(int bytes) {
        if (used.addAndGet(bytes) <= limit) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    private void forgetFreed() {
        for (PrefetchedRange head = oldestFirst.peek(); head != null && head.isFreed(); head = oldestFirst.peek()) {
            // Not poll: another thread may have removed it meanwhile.
            oldestFirst.remove(head);
        }
    }

    /** Frees the buffer of a range. If an operation is in flight in it, its memory is freed when that completes. */
    void free(AioBuffer buffer, int bytes) {
        buffer.close();
        used.addAndGet(-bytes);
    }

    /** Returns the memory of ranges, in bytes. */
    long used() {
        return used.get();
    }

    /** Frees all memory. No operation may be in flight in it. */
    void close() {
        allocator.close();
    }
}
