package io.linuxaio.bench;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The share of one submitting thread in a workload; the depth is divided evenly.
 *
 * @param workload the whole workload
 * @param number the index of the thread, from 0
 */
public record ThreadShare(Workload workload, int number) {
    /** Returns the number of operations that this thread has in flight. */
    public int depth() {
        return workload.depth() / workload.threads();
    }

    /** The first of its slots, where all threads' are counted together. */
    public int firstSlot() {
        return number * depth();
    }

    /** Its part of what there is one of for each slot of all threads. */
    public <T> T[] of(T[] all) {
        return Arrays.copyOfRange(all, firstSlot(), firstSlot() + depth());
    }

    /** Its lane, with the buffers of its slots. */
    public OperationSink lane(Meter meter, MemorySegment... buffers) {
        return meter.lane(number, workload.threads(), buffers);
    }
}
