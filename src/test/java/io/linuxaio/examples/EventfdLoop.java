package io.linuxaio.examples;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.AioCompletionHandler;
import io.linuxaio.AioQueue;
import io.linuxaio.testing.Libc;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * A loop that waits in poll(2) for whatever has a descriptor: here for the disk and for tasks that other threads hand in.
 * {@code Libc} stands for whatever an engine calls the C library by.
 */
final class EventfdLoop implements AutoCloseable {
    private final Queue<Consumer<AioQueue>> tasks = new ConcurrentLinkedQueue<>();
    private final int disk = Libc.eventfd();
    private final int handedIn = Libc.eventfd();
    private volatile boolean stopping;

    /** Hands a task in, which may prepare operations; from any thread. */
    void execute(Consumer<AioQueue> task) {
        tasks.add(task);
        signal();
    }

    /** Ends the loop when nothing is in flight any more; from any thread. */
    void stop() {
        stopping = true;
        signal();
    }

    private void signal() {
        try (Arena arena = Arena.ofConfined()) {
            Libc.write(handedIn, arena.allocateFrom(JAVA_LONG, 1));
        }
    }

    /** Runs the loop on this thread. */
    void run(int depth, AioCompletionHandler ended) throws IOException {
        // @start region="eventfd"
        try (AioQueue queue = AioQueue.open(depth, disk);
                Arena arena = Arena.ofConfined()) {
            MemorySegment counter = arena.allocate(JAVA_LONG);
            while (!stopping || queue.inFlight() + queue.prepared() > 0) {
                if (Libc.awaitReadable(disk, handedIn) == disk) {
                    // Read first, then polled: what ends in between makes a signal of its own.
                    Libc.read(disk, counter);
                    queue.poll(ended);
                } else {
                    Libc.read(handedIn, counter);
                    Consumer<AioQueue> task;
                    while ((task = tasks.poll()) != null) {
                        task.accept(queue);
                    }
                }
                submit(queue, ended);
            }
        }
        // @end
    }

    // @start region="submit"
    private static void submit(AioQueue queue, AioCompletionHandler ended) {
        while (queue.prepared() > 0) {
            int prepared = queue.prepared();
            if (queue.submit() < prepared) {
                // Something was refused, which no signal tells; or the kernel takes no more for now.
                queue.poll(ended);
            }
        }
    }
    // @end

    /** After {@link #run} has ended. */
    @Override
    public void close() {
        Libc.close(disk);
        Libc.close(handedIn);
    }
}
