package io.linuxaio.cli.probe;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioQueue;
import io.linuxaio.AioSubmitMode;
import io.linuxaio.cli.runtime.Failures;
import io.linuxaio.cli.runtime.ShutdownSignal;
import io.linuxaio.cli.text.LatencyHistogram;
import io.linuxaio.cli.transfer.GeneratedData;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Measures how long submitting blocks the calling thread, for each kind of write. */
final class SubmitProbe {
    /**
     * The number of writes submitted together. On a quick device, a single asynchronous write may complete before the
     * submission returns; the last ones of several cannot.
     */
    static final int BATCH = 8;

    private static final int ROUNDS = 400;
    private static final long NANOS_PER_KIND = 700_000_000;
    private static final int CHUNK = 1 << 20;
    private static final Duration TIMEOUT = Duration.ofMillis(100);

    private final ProbeFile probe;
    private final AioQueue queue;
    private final MemorySegment memory;
    private final ShutdownSignal stop;
    private final int blockSize;
    private int failure;

    SubmitProbe(ProbeFile probe, AioQueue queue, AioArena arena, ShutdownSignal stop) {
        this.probe = probe;
        this.queue = queue;
        this.stop = stop;
        blockSize = probe.blockSize();
        memory = arena.allocate(Math.max(CHUNK, BATCH * blockSize));
        GeneratedData.fill(memory, 0);
    }

    /** Submits a batch of writes at a position. Returns the time when the caller could go on. */
    private interface Submit {
        long batch(long position) throws IOException;
    }

    /** Measures all kinds that the filesystem supports. */
    Map<SubmitKind, SubmitTimes> run() throws IOException {
        Map<SubmitKind, SubmitTimes> times = new EnumMap<>(SubmitKind.class);
        long written = writeBlocks();
        // A warm-up, in which the JVM compiles.
        measure(0, written, true, this::byQueue);
        times.put(SubmitKind.OVERWRITE, measure(0, written, true, this::byQueue));
        long end = probe.file().size();
        if (probe.extend(region())) {
            times.put(SubmitKind.FILL, measure(end, end + region(), false, this::byQueue));
        }
        times.put(SubmitKind.APPEND, measure(probe.file().size(), Long.MAX_VALUE, false, this::byQueue));
        try (AioContext aio = AioContext.builder()
                .queueDepth(BATCH)
                .submission(AioSubmitMode.NON_BLOCKING)
                .open()) {
            times.put(
                    SubmitKind.APPEND_NON_BLOCKING,
                    measure(probe.file().size(), Long.MAX_VALUE, false, position -> byContext(aio, position)));
        }
        return times;
    }

    private long region() {
        return (long) ROUNDS * BATCH * blockSize;
    }

    /** Writes the blocks to be overwritten, fewer on a slow disk. Returns their length in bytes. */
    private long writeBlocks() throws IOException {
        long start = System.nanoTime();
        long position = 0;
        while (position < region() && (position == 0 || System.nanoTime() - start < NANOS_PER_KIND)) {
            stop.check();
            queue.prepareWrite(probe.file(), memory.asSlice(0, CHUNK), position, CHUNK);
            queue.submit();
            awaitAll();
            position += CHUNK;
        }
        queue.prepareDataSync(probe.file(), 0);
        queue.submit();
        awaitAll();
        return position;
    }

    private SubmitTimes measure(long from, long to, boolean again, Submit submit) throws IOException {
        LatencyHistogram submitting = new LatencyHistogram();
        LatencyHistogram done = new LatencyHistogram();
        long length = (long) BATCH * blockSize;
        long position = from;
        long start = System.nanoTime();
        for (int round = 0; round < ROUNDS && System.nanoTime() - start < NANOS_PER_KIND; round++) {
            stop.check();
            if (position > to - length) {
                if (!again) {
                    break;
                }
                position = from;
            }
            long before = System.nanoTime();
            long submitted = submit.batch(position);
            done.add(System.nanoTime() - before, (int) length);
            submitting.add(submitted - before, (int) length);
            position += length;
        }
        return new SubmitTimes(submitting, done);
    }

    private long byQueue(long position) throws IOException {
        for (int i = 0; i < BATCH; i++) {
            queue.prepareWrite(probe.file(), block(i), position + (long) i * blockSize, blockSize);
        }
        queue.submit();
        long submitted = System.nanoTime();
        awaitAll();
        return submitted;
    }

    private MemorySegment block(int i) {
        return memory.asSlice((long) i * blockSize, blockSize);
    }

    private void awaitAll() throws IOException {
        while (queue.inFlight() + queue.prepared() > 0) {
            queue.submit();
            queue.await(
                    queue.inFlight(), TIMEOUT, (requested, result) -> failure = result == requested ? failure : result);
        }
        if (failure != 0) {
            throw new IOException("a write to the temporary file "
                    + (failure < 0
                            ? "failed: " + Failures.ofErrno(-failure)
                            : "transferred " + failure + " bytes only"));
        }
    }

    private long byContext(AioContext aio, long position) {
        CompletableFuture<?>[] writes = new CompletableFuture<?>[BATCH];
        for (int i = 0; i < BATCH; i++) {
            writes[i] = aio.write(probe.file(), block(i), position + (long) i * blockSize);
        }
        long submitted = System.nanoTime();
        CompletableFuture.allOf(writes).join();
        return submitted;
    }
}
