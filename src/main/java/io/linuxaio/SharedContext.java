package io.linuxaio;

import io.linuxaio.internal.engine.Arguments;
import io.linuxaio.internal.engine.Log;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Threads;
import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The shared context, for callers that do not open one: a handle that delegates operations to an ordinary context. That
 * context is opened at the first use, closed when it has been idle for some seconds, and opened anew at the next use.
 *
 * <p>No operation is lost between two of them. A closing context either gives the operation a slot and stays until it has
 * completed, or refuses it, and then the operation goes to the next context. A batch keeps its context open from its first
 * operation until it is submitted, since the futures that it has returned belong to that context.
 */
final class SharedContext extends AioContext {
    private static final String DEPTH_PROPERTY = "io.linuxaio.shared.depth";

    private static final SharedContext INSTANCE = new SharedContext(
            TimeUnit.SECONDS.toNanos(5),
            depth(System.getProperty(DEPTH_PROPERTY)),
            depth -> AioContext.builder()
                    .queueDepth(depth)
                    .threadName("linux-aio-shared")
                    .open());

    private final long idleNanos;
    private final int depth;
    private final Opening opening;
    private volatile AioContext current;

    // Guarded by this.
    private final Set<AioContext> closing = new HashSet<>();
    private AioStats before = AioStats.NONE;
    private int batches;

    /** Opens a context. */
    interface Opening {
        AioContext open(int depth) throws IOException;
    }

    /**
     * Creates a handle whose context is not open yet.
     *
     * @param idleNanos the maximum time without an operation after which the context is closed, in nanoseconds
     * @param depth the depth of its context's queue
     * @param opening opens a context
     */
    SharedContext(long idleNanos, int depth, Opening opening) {
        this.idleNanos = idleNanos;
        this.depth = depth;
        this.opening = opening;
    }

    /** Returns the depth that the system property sets; the default if it is unset or not a depth. */
    static int depth(String property) {
        if (property == null) {
            return AioContext.Builder.DEFAULT_QUEUE_DEPTH;
        }
        try {
            return Arguments.depth(Integer.parseInt(property.strip()), AioContext.Builder.MAX_QUEUE_DEPTH);
        } catch (IllegalArgumentException e) {
            Log.log(
                    Level.WARNING,
                    "the system property {0} is not a depth from 1 to {1}: {2}; the default applies",
                    DEPTH_PROPERTY,
                    String.valueOf(AioContext.Builder.MAX_QUEUE_DEPTH),
                    property);
            return AioContext.Builder.DEFAULT_QUEUE_DEPTH;
        }
    }

    /** Returns the handle of this process; its context may be open or closed. */
    static AioContext handle() {
        return INSTANCE;
    }

    /** Returns the handle of this process with its context open. */
    static AioContext opened() {
        try {
            INSTANCE.current();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return INSTANCE;
    }

    // A failure is not remembered: an exhausted limit is temporary.
    private AioContext current() throws IOException {
        AioContext now = current;
        return now != null ? now : openOnce();
    }

    private synchronized AioContext openOnce() throws IOException {
        if (current == null) {
            AioContext opened = opening.open(depth);
            current = opened;
            try {
                Threads.daemon("linux-aio-shared-idle", () -> watch(opened)).start();
            } catch (OutOfMemoryError noThread) {
                // The context works without the thread, and stays open.
            }
        }
        return current;
    }

    /** Closes the context once it is idle. An {@link Error} must not leave it open forever. */
    private void watch(AioContext watched) {
        boolean isClosed = false;
        while (!isClosed) {
            try {
                closeWhenIdle(watched);
                isClosed = true;
            } catch (RuntimeException | Error e) {
                Log.continueAfter(e);
            }
        }
    }

    /** Called again if an {@link Error} has ended it. */
    private void closeWhenIdle(AioContext watched) {
        long submitted = -1;
        boolean idle;
        do {
            pause();
            AioStats stats = watched.stats();
            idle = stats.inFlight() == 0 && stats.submitted() == submitted;
            submitted = stats.submitted();
        } while (!idle || !retire(watched));
        watched.close();
        forget(watched);
    }

    private void pause() {
        long start = System.nanoTime();
        long left = idleNanos / 2;
        while (left > 0) {
            LockSupport.parkNanos(this, left);
            left = idleNanos / 2 - (System.nanoTime() - start);
        }
    }

    /** Directs new operations to another context; returns {@code false} if a batch keeps this one open. */
    private synchronized boolean retire(AioContext watched) {
        if (current != watched) {
            return true;
        }
        if (batches > 0) {
            return false;
        }
        closing.add(watched);
        current = null;
        return true;
    }

    private synchronized void forget(AioContext closed) {
        AioStats sum = before.plus(closed.stats());
        if (closing.remove(closed)) {
            before = sum;
        }
    }

    /** Begins a batch: returns the context that stays open until {@link #endBatch}. */
    synchronized AioContext beginBatch() throws IOException {
        AioContext context = openOnce();
        batches++;
        return context;
    }

    /** Ends a batch, which {@link #beginBatch} began. */
    synchronized void endBatch() {
        batches--;
    }

    @Override
    AioFile open(Path path, Path known, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        // First: no file is created or truncated if the context cannot be opened.
        return AioFile.open(current().kernel(), this, path, known, options, attributes);
    }

    @Override
    Kernel kernel() {
        return LinuxAio.kernel();
    }

    @Override
    <T> CompletableFuture<T> start(
            Opcode opcode, AioFile file, Object memory, long position, long length, FullTransfer transfer) {
        while (true) {
            AioContext context;
            try {
                context = current();
            } catch (IOException e) {
                if (transfer != null) {
                    transfer.close();
                }
                return CompletableFuture.failedFuture(e);
            }
            CompletableFuture<T> future = context.startIfOpen(opcode, file, memory, position, length, transfer);
            if (future != null) {
                return future;
            }
        }
    }

    @Override
    AioBatch batch(int most) {
        return new AioBatch(this, Math.min(most, queueDepth()));
    }

    @Override
    public int queueDepth() {
        return depth;
    }

    @Override
    public int inFlight() {
        AioContext now = current;
        return now == null ? 0 : now.inFlight();
    }

    /** Returns the sum over all contexts so far. */
    @Override
    public synchronized AioStats stats() {
        AioStats sum = before;
        for (AioContext context : closing) {
            sum = sum.plus(context.stats());
        }
        return current == null ? sum : sum.plus(current.stats());
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    /** Has no effect: other callers use this context. */
    @Override
    public void shutdown() {}

    /** Returns {@code false} at once: it never terminates. */
    @Override
    public boolean awaitTermination(Duration timeout) {
        return false;
    }

    /** Has no effect: other callers use this context. */
    @Override
    public void close() {}

    @Override
    public String toString() {
        AioContext now = current;
        return "shared " + (now == null ? "AioContext, idle" : now.toString());
    }
}
