package io.linuxaio.bench;

/**
 * The source of positions and the counter of a thread of a session. Not safe for concurrent use; threads may use it one
 * after the other with a safe handoff, as futures provide.
 */
public abstract class OperationSink {
    private final Meter meter;
    private final Positions positions;
    private final int blockSize;
    // In the middle of an array that fills cache lines of its own: lanes of several threads do not disturb each other.
    private final long[] count = new long[2 * MIDDLE];

    private static final int MIDDLE = 16;

    OperationSink(Meter meter, Positions positions) {
        this.meter = meter;
        this.positions = positions;
        blockSize = meter.workload().blockSize();
    }

    /** Returns {@code true} if operations are still to be started. */
    public final boolean running() {
        return meter.running();
    }

    /**
     * An operation with the buffer of this slot is about to be submitted.
     *
     * @return its position in the file, in bytes
     */
    public final long next(int slot) {
        long position = positions.next();
        starts(slot, position);
        return position;
    }

    /**
     * The operation of this slot was seen to have ended.
     *
     * @param result how many bytes it moved
     * @throws IllegalStateException if that is not a whole block, which ends the run
     */
    public final void done(int slot, long result) {
        if (result != blockSize) {
            throw new IllegalStateException("an operation of " + blockSize + " bytes ended with " + result);
        }
        count[MIDDLE]++;
        ended(slot);
    }

    final long operations() {
        return count[MIDDLE];
    }

    abstract void starts(int slot, long position);

    abstract void ended(int slot);
}
