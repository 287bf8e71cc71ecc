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
 * An event loop that waits in poll(2) for several descriptors: here for the disk and for tasks submitted by other threads.
 * {@code Libc} stands for the engine's own bindings of the C library.
 */
final class EventfdLoop implements AutoCloseable {
    private final Queue<Consumer<AioQueue>> tasks = new ConcurrentLinkedQueue<>();
    private final int disk = Libc.eventfd();
    private final int wakeup = Libc.eventfd();
    private volatile boolean stopping;

    /** Submits a task, which may prepare operations. Called by any thread. */
    void execute(Consumer<AioQueue> task) {
        tasks.add(task);
        signal();
    }

    /** Stops the loop when no operation is in flight. Called by any thread. */
    void stop() {
        stopping = true;
        signal();
    }

    private void signal() {
        try (Arena arena = Arena.ofConfined()) {
            Libc.write(wakeup, arena.allocateFrom(JAVA_LONG, 1));
        }
    }

    /** Runs the loop on this thread. */
    void run(int depth, AioCompletionHandler handler) throws IOException {
        // @start region="eventfd"
        try (AioQueue queue = AioQueue.open(depth, disk);
                Arena arena = Arena.ofConfined()) {
            MemorySegment counter = arena.allocate(JAVA_LONG);
            while (!stopping || queue.inFlight() + queue.prepared() > 0) {
                if (Libc.awaitReadable(disk, wakeup) == disk) {
                    // Read the counter first, then poll: an operation that completes in between signals again.
                    Libc.read(disk, counter);
                    queue.poll(handler);
                } else {
                    Libc.read(wakeup, counter);
                    Consumer<AioQueue> task;
                    while ((task = tasks.poll()) != null) {
                        task.accept(queue);
                    }
                }
                submit(queue, handler);
            }
        }
        // @end
    }

    // @start region="submit"
    private static void submit(AioQueue queue, AioCompletionHandler handler) {
        while (queue.prepared() > 0) {
            int prepared = queue.prepared();
            if (queue.submit() < prepared) {
                // An operation was refused, which raises no signal; or the kernel accepts no more for now.
                queue.poll(handler);
            }
        }
    }
    // @end

    /** Closes the descriptors. To be called after {@link #run} has returned. */
    @Override
    public void close() {
        Libc.close(disk);
        Libc.close(wakeup);
    }
}
