package io.linuxaio.lucene;

import org.apache.lucene.store.DataAccessHint;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.ReadOnceHint;

/**
 * An adaptive read-ahead policy, as that of kernels: the window of an input begins small and doubles while reads are
 * sequential; at its maximum, further ranges are prefetched. A hint of Lucene sets the sizes. For one thread at a time.
 */
final class ReadPattern {
    private static final int MAX_WINDOW = 64 << 10;

    /** The distance that sequential reads prefetch ahead, in bytes. */
    private static final int AHEAD = 512 << 10;

    private final int minWindow;
    private final int maxWindow;

    /** The minimum length of reads that bypass the window, in bytes. */
    private final int minDirect;

    private int window;
    private long expected = -1;
    private long aheadTo;

    private ReadPattern(int minWindow, int maxWindow, int minDirect) {
        this.minWindow = minWindow;
        this.maxWindow = maxWindow;
        this.minDirect = minDirect;
        window = minWindow;
    }

    static ReadPattern of(IOContext context) {
        if (context.hints().contains(DataAccessHint.RANDOM)) {
            return new ReadPattern(1 << 10, 4 << 10, 512);
        }
        boolean sequential = context.hints().contains(DataAccessHint.SEQUENTIAL)
                || context.hints().contains(ReadOnceHint.INSTANCE)
                || context.context() == IOContext.Context.MERGE;
        return new ReadPattern(sequential ? MAX_WINDOW / 2 : 4 << 10, MAX_WINDOW, 0);
    }

    /** Returns a policy for another input with the same hint. */
    ReadPattern fresh() {
        return new ReadPattern(minWindow, maxWindow, minDirect);
    }

    /** Begins a read at a position; returns the size of the window, in bytes. */
    int begin(long position) {
        if (position == expected) {
            window = Math.min(2 * window, maxWindow);
        } else {
            window = minWindow;
            aheadTo = 0;
        }
        return window;
    }

    /** Returns {@code true} if a read of such a length goes into the caller's memory instead of the window. */
    boolean bypasses(long length) {
        return length >= (minDirect == 0 ? window : minDirect);
    }

    /**
     * Ends a read.
     *
     * @return the number of bytes to prefetch from {@link #aheadFrom} on; 0 for none
     */
    long end(long position, long end) {
        expected = position;
        if (window < MAX_WINDOW || aheadTo - position > AHEAD / 2) {
            return 0;
        }
        aheadTo = Math.max(aheadTo, position);
        long from = aheadTo;
        aheadTo = Math.min(end, position + AHEAD);
        return Math.max(0, aheadTo - from);
    }

    /** Returns the position from which the last {@link #end} prefetches, given its result. */
    long aheadFrom(long bytes) {
        return aheadTo - bytes;
    }
}
