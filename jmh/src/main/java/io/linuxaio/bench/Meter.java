package io.linuxaio.bench;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The end condition and the operation counts of one run of a session. */
public final class Meter {
    private final Workload workload;
    private final LaneFactory factory;
    private final List<OperationSink> lanes = new ArrayList<>();
    private volatile boolean stopped;

    /** Makes the lanes of a pass: only one kind of lane is ever loaded in a process that measures. */
    @FunctionalInterface
    interface LaneFactory {
        OperationSink lane(Meter meter, Positions positions, MemorySegment[] buffers);
    }

    Meter(Workload workload, LaneFactory factory) {
        this.workload = workload;
        this.factory = factory;
    }

    /**
     * A lane: for one thread, or for one chain of operations each of which starts when the one before has ended.
     *
     * @param number from 0
     * @param of how many lanes there are: each has its own share of the file where it is gone through in sequence
     * @param buffers of the workload's block size, one for each slot, and aligned to 4096 bytes; a
     *     {@code ByteBuffer} is given by {@link MemorySegment#ofBuffer}. Filled and checked in passes that check only
     */
    public synchronized OperationSink lane(int number, int of, MemorySegment... buffers) {
        for (MemorySegment buffer : buffers) {
            if (buffer.byteSize() != workload.blockSize()) {
                throw new IllegalArgumentException(
                        "a buffer of " + buffer.byteSize() + " bytes for blocks of " + workload.blockSize());
            }
        }
        OperationSink lane = factory.lane(this, workload.positions(number, of), buffers);
        lanes.add(lane);
        return lane;
    }

    /** Returns the workload of the run. */
    public Workload workload() {
        return workload;
    }

    /** Returns {@code true} if operations are still to be started. */
    public boolean running() {
        return !stopped;
    }

    void stop() {
        stopped = true;
    }

    synchronized List<OperationSink> lanes() {
        return List.copyOf(lanes);
    }

    /** Returns the number of completed operations, which is exact only when the run has returned. */
    long operations() {
        return lanes().stream().mapToLong(OperationSink::operations).sum();
    }
}
