package io.linuxaio.bench;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** A sink that verifies every block read, and fills every block to be written. */
final class VerifyingSink extends OperationSink {
    private static final long IDLE = -1;

    private final boolean reads;
    private final MemorySegment[] buffers;
    private final long[] positions;
    private final Set<Long> written = new HashSet<>();

    VerifyingSink(Meter meter, Positions positions, MemorySegment[] buffers) {
        super(meter, positions);
        reads = meter.workload().reads();
        this.buffers = buffers;
        this.positions = new long[buffers.length];
        Arrays.fill(this.positions, IDLE);
    }

    @Override
    void starts(int slot, long position) {
        if (positions[slot] != IDLE) {
            throw new IllegalStateException("two operations at once use the buffer of slot " + slot);
        }
        positions[slot] = position;
        if (reads) {
            // What an earlier operation left behind must not pass for the data.
            buffers[slot].fill((byte) 0);
        } else {
            Pattern.WRITTEN.fill(buffers[slot], position);
        }
    }

    @Override
    void ended(int slot) {
        long position = positions[slot];
        if (position == IDLE) {
            throw new IllegalStateException("an operation of slot " + slot + " ended that was never started");
        }
        positions[slot] = IDLE;
        if (reads) {
            Pattern.PREFILLED.check(buffers[slot], position);
        } else {
            written.add(position);
        }
    }

    Set<Long> written() {
        return written;
    }

    /** Returns {@code true} if an operation was started and has not completed. */
    boolean isBusy() {
        return Arrays.stream(positions).anyMatch(position -> position != IDLE);
    }
}
