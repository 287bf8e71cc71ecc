package io.linuxaio.cli.bench;

import io.linuxaio.AioBatch;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An engine that uses an {@link AioContext}. Callbacks of the futures, on its reaper thread, record the time. */
final class FuturesEngine implements BenchEngine {
    private final AioFile file;
    private final BenchBuffers buffers;
    private final AioContext aio;
    private final AioBatch batch;
    private final BlockingQueue<Event> events;
    private int prepared;

    private record Event(int slot, int result, long nanos) {}

    private FuturesEngine(AioFile file, BenchBuffers buffers, AioContext aio) {
        this.file = file;
        this.buffers = buffers;
        this.aio = aio;
        batch = aio.batch();
        // Each slot has at most one event, so the reaper never waits here.
        events = new ArrayBlockingQueue<>(buffers.count());
    }

    static FuturesEngine open(AioFile file, BenchBuffers buffers) throws IOException {
        return new FuturesEngine(
                file, buffers, AioContext.builder().queueDepth(buffers.count()).open());
    }

    @Override
    public void prepare(int slot, boolean read, long position) {
        CompletableFuture<Integer> future =
                read ? batch.read(file, buffers.of(slot), position) : batch.write(file, buffers.of(slot), position);
        prepared++;
        future.whenComplete((count, failure) -> events.add(new Event(slot, result(count, failure), System.nanoTime())));
    }

    private static int result(Integer count, Throwable failure) {
        if (failure == null) {
            return count;
        }
        return failure instanceof AioException e ? -e.errno() : Integer.MIN_VALUE;
    }

    @Override
    public void submit() {
        if (prepared > 0) {
            prepared = 0;
            batch.submit();
        }
    }

    @Override
    public void await(long nanos, CompletionHandler handler) {
        try {
            Event event = nanos > 0 ? events.poll(nanos, TimeUnit.NANOSECONDS) : events.poll();
            while (event != null) {
                handler.onCompletion(event.slot, event.result, event.nanos);
                event = events.poll();
            }
        } catch (InterruptedException e) {
            // Not expected: a stop is requested without an interrupt.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        aio.close();
    }
}
