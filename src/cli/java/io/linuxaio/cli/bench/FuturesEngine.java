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

/** Operations through an {@link AioContext}: futures, completed by its reaper, whose callbacks note the time. */
final class FuturesEngine implements BenchEngine {
    private final AioFile file;
    private final BenchBuffers buffers;
    private final AioContext aio;
    private final AioBatch batch;
    private final BlockingQueue<Event> events;
    private int begun;

    private record Event(int place, int result, long nanos) {}

    private FuturesEngine(AioFile file, BenchBuffers buffers, AioContext aio) {
        this.file = file;
        this.buffers = buffers;
        this.aio = aio;
        batch = aio.batch();
        // Each place has one event at most, so that the reaper never waits here.
        events = new ArrayBlockingQueue<>(buffers.count());
    }

    static FuturesEngine open(AioFile file, BenchBuffers buffers) throws IOException {
        return new FuturesEngine(
                file, buffers, AioContext.builder().queueDepth(buffers.count()).open());
    }

    @Override
    public void begin(int place, boolean read, long position) {
        CompletableFuture<Integer> future =
                read ? batch.read(file, buffers.of(place), position) : batch.write(file, buffers.of(place), position);
        begun++;
        future.whenComplete(
                (count, failure) -> events.add(new Event(place, result(count, failure), System.nanoTime())));
    }

    private static int result(Integer count, Throwable failure) {
        if (failure == null) {
            return count;
        }
        return failure instanceof AioException e ? -e.errno() : Integer.MIN_VALUE;
    }

    @Override
    public void flush() {
        if (begun > 0) {
            begun = 0;
            batch.submit();
        }
    }

    @Override
    public void await(long nanos, Ended ended) {
        try {
            Event event = nanos > 0 ? events.poll(nanos, TimeUnit.NANOSECONDS) : events.poll();
            while (event != null) {
                ended.ended(event.place, event.result, event.nanos);
                event = events.poll();
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread: who wants the end asks for it.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        aio.close();
    }
}
