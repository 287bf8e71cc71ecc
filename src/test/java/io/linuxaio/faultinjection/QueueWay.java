package io.linuxaio.faultinjection;

import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;

/** Transfers through a queue, refilled as often as there is a free slot. */
record QueueWay(int depth) implements Way {
    private static final Duration SHORT = Duration.ofMillis(50);

    @Override
    public int[] move(boolean write, AioFile file, MemorySegment memory, List<Extent> extents) throws IOException {
        int[] results = new int[extents.size()];
        boolean[] ended = new boolean[extents.size()];
        int next = 0;
        int reported = 0;
        try (AioQueue queue = AioQueue.open(depth)) {
            while (reported < extents.size()) {
                while (next < extents.size() && prepare(queue, write, file, memory, extents.get(next), next)) {
                    next++;
                }
                queue.submit();
                reported += queue.await(1, SHORT, (userData, result) -> {
                    int index = (int) userData;
                    if (ended[index]) {
                        throw new AssertionError("operation " + index + " completed twice");
                    }
                    ended[index] = true;
                    results[index] = result;
                });
            }
            if (queue.inFlight() != 0 || queue.prepared() != 0) {
                throw new AssertionError(queue.inFlight() + " in flight after all have completed");
            }
        }
        return results;
    }

    private static boolean prepare(
            AioQueue queue, boolean write, AioFile file, MemorySegment memory, Extent extent, long userData) {
        MemorySegment part = extent.of(memory);
        return write
                ? queue.prepareWrite(file, part, extent.position(), userData)
                : queue.prepareRead(file, part, extent.position(), userData);
    }
}
