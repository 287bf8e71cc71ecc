package io.linuxaio.cli.probe;

import io.linuxaio.AioArena;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import io.linuxaio.cli.transfer.GeneratedData;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tries which alignments the kernel takes, from that of the smallest sectors to a page. */
final class AlignmentProbe {
    private static final int SMALLEST = 512;
    private static final int LARGEST = 4096;
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final AioFile file;
    private final AioQueue queue;
    private final MemorySegment memory;
    private int result;

    /** What became of an attempt. */
    enum Outcome {
        TAKEN,
        /** By the kernel. */
        REFUSED,
        /** Less than {@link AioFile#alignment}: the library does not let it reach the kernel. */
        NOT_TRIED
    }

    /**
     * @param memory by the address's alignment
     * @param offset by that of position and length
     */
    record Outcomes(Map<Integer, Outcome> memory, Map<Integer, Outcome> offset) {}

    /**
     * @param file its first 8 KiB at least are written
     */
    AlignmentProbe(AioFile file, AioQueue queue, AioArena arena) {
        this.file = file;
        this.queue = queue;
        memory = arena.allocate(4L * LARGEST, 2L * LARGEST);
        GeneratedData.fill(memory, 0);
    }

    Outcomes run() {
        Map<Integer, Outcome> byMemory = new LinkedHashMap<>();
        Map<Integer, Outcome> byOffset = new LinkedHashMap<>();
        for (int alignment = SMALLEST; alignment <= LARGEST; alignment *= 2) {
            // A multiple of the alignment and of none larger, each time.
            byMemory.put(alignment, write(memory.asSlice(alignment, LARGEST), 0));
            byOffset.put(alignment, write(memory.asSlice(0, alignment), alignment));
        }
        return new Outcomes(byMemory, byOffset);
    }

    private Outcome write(MemorySegment source, long position) {
        try {
            queue.prepareWrite(file, source, position, 0);
        } catch (IllegalArgumentException misaligned) {
            return Outcome.NOT_TRIED;
        }
        while (queue.inFlight() + queue.prepared() > 0) {
            queue.submit();
            queue.await(1, PATIENCE, (_, count) -> result = count);
        }
        return result == source.byteSize() ? Outcome.TAKEN : Outcome.REFUSED;
    }
}
