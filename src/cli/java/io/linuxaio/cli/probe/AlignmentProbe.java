package io.linuxaio.cli.probe;

import io.linuxaio.AioArena;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import io.linuxaio.cli.transfer.GeneratedData;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Determines by trial the alignments that the kernel accepts, from the smallest sectors to a page. */
final class AlignmentProbe {
    private static final int MIN_ALIGNMENT = 512;
    private static final int MAX_ALIGNMENT = 4096;
    private static final Duration TIMEOUT = Duration.ofMillis(100);

    private final AioFile file;
    private final AioQueue queue;
    private final MemorySegment memory;
    private int result;

    /** The outcome of an attempt. */
    enum Outcome {
        TAKEN,
        /** Refused by the kernel. */
        REFUSED,
        /** Less than {@link AioFile#alignment}: the library rejects it. */
        NOT_TRIED
    }

    /**
     * The outcomes by alignment.
     *
     * @param memory by the alignment of the address
     * @param offset by the alignment of position and length
     */
    record Outcomes(Map<Integer, Outcome> memory, Map<Integer, Outcome> offset) {}

    /**
     * @param file a file whose first 8 KiB are written
     */
    AlignmentProbe(AioFile file, AioQueue queue, AioArena arena) {
        this.file = file;
        this.queue = queue;
        memory = arena.allocate(4L * MAX_ALIGNMENT, 2L * MAX_ALIGNMENT);
        GeneratedData.fill(memory, 0);
    }

    Outcomes run() {
        Map<Integer, Outcome> byMemory = new LinkedHashMap<>();
        Map<Integer, Outcome> byOffset = new LinkedHashMap<>();
        for (int alignment = MIN_ALIGNMENT; alignment <= MAX_ALIGNMENT; alignment *= 2) {
            // A multiple of the alignment, but of no larger one.
            byMemory.put(alignment, write(memory.asSlice(alignment, MAX_ALIGNMENT), 0));
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
            queue.await(1, TIMEOUT, (_, count) -> result = count);
        }
        return result == source.byteSize() ? Outcome.TAKEN : Outcome.REFUSED;
    }
}
