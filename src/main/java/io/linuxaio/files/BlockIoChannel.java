package io.linuxaio.files;

import io.linuxaio.AioFile;
import io.linuxaio.internal.access.ClosedException;
import io.linuxaio.internal.engine.StackRoom;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.InterruptibleChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * An interruptible channel that reads or writes a file through a ring of blocks. Safe for use by several threads, one
 * at a time.
 *
 * <p>A wait for an operation ends if another thread closes the channel, or if the waiting thread is interrupted, which
 * also closes the channel. Operations in flight continue: closing waits for their completion and cannot be interrupted.
 *
 * <p>If the context is closed, operations fail with a {@link ClosedChannelException} too. The channel then stays open
 * and handles the failure as any other failure of an operation.
 */
abstract sealed class BlockIoChannel implements InterruptibleChannel permits AioReadChannel, AioWriteChannel {
    /** The interval at which a waiting thread checks if the channel was closed, in milliseconds. */
    private static final long CHECK_MILLIS = 20;

    /** The file, which is closed with the channel unless it is borrowed. */
    final AioFile file;

    /** True if the channel leaves the file open. */
    final boolean borrowed;

    /** The blocks; null until they are needed. */
    BlockBufferRing ring;

    private volatile boolean closed;
    private boolean finishing;
    private boolean interrupted;

    BlockIoChannel(AioFile file, boolean borrowed, BlockBufferRing ring) {
        this.file = file;
        this.borrowed = borrowed;
        this.ring = ring;
    }

    /** Closes the file of a channel that could not be made, and its ring if there is one. */
    static void letGo(AioFile file, BlockBufferRing ring) throws IOException {
        try (file) {
            if (ring != null) {
                ring.close();
            }
        }
    }

    final void requireOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    /** Begins a method that may wait: throws if the channel is closed or the thread is interrupted. */
    final void begin() throws ClosedChannelException {
        StackRoom.requireForSeveral();
        requireOpen();
        if (Thread.interrupted()) {
            throw closeByInterrupt();
        }
    }

    /** Waits until nothing is in flight in a block. */
    final void awaitBlock(int index) throws ClosedChannelException {
        CompletableFuture<Integer> operation;
        do {
            operation = ring.inFlight(index);
            awaitEnd(operation);
        } while (BlockBufferRing.wasInterrupted(operation));
    }

    /**
     * Waits for the read of a block, and continues it until it is complete or the file ends.
     *
     * @return the number of bytes read
     */
    final int awaitRead(int index) throws IOException {
        int count;
        do {
            awaitBlock(index);
            count = ring.take(index);
        } while (ring.readOn(index, count));
        return count;
    }

    /** Starts an operation outside the blocks, and returns its result. */
    final <T> T await(Supplier<CompletableFuture<T>> operation) throws IOException {
        CompletableFuture<T> future;
        do {
            future = operation.get();
            awaitEnd(future);
        } while (BlockBufferRing.wasInterrupted(future));
        return BlockBufferRing.result(future);
    }

    private void awaitEnd(CompletableFuture<?> operation) throws ClosedChannelException {
        boolean ended;
        do {
            if (finishing) {
                interrupted |= Thread.interrupted();
            } else if (Thread.interrupted()) {
                throw closeByInterrupt();
            } else if (closed) {
                throw new AsynchronousCloseException();
            }
            ended = operation == null || operation.isDone() || endsSoon(operation);
        } while (!ended);
    }

    /** Returns {@code true} if a failure was caused by closing this channel, rather than the context. */
    static boolean isOfThisChannel(IOException failure) {
        return failure instanceof ClosedChannelException && !(failure instanceof ClosedException);
    }

    private static boolean endsSoon(CompletableFuture<?> operation) {
        try {
            operation.get(CHECK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            // Reported by the caller that takes the result.
        }
        return true;
    }

    private ClosedByInterruptException closeByInterrupt() {
        ClosedByInterruptException thrown = new ClosedByInterruptException();
        try {
            close();
        } catch (IOException | RuntimeException e) {
            thrown.addSuppressed(e);
        }
        Thread.currentThread().interrupt();
        return thrown;
    }

    /**
     * Returns {@code true} if the file was opened with {@code O_DIRECT}.
     *
     * @return {@code false} if an {@link io.linuxaio.AioOpenOption} made it buffered
     */
    public final boolean isDirect() {
        return file.isDirect();
    }

    /**
     * Completes pending work, once, when the channel is closed. Its waits end only with the completion of operations.
     */
    abstract void finish() throws IOException;

    @Override
    public final boolean isOpen() {
        return !closed;
    }

    /**
     * Waits for operations in flight and closes the file, unless the channel was made over an open file. A thread that waits in another method is released with an
     * {@link AsynchronousCloseException}. An interrupt does not end this wait; the interrupt status is kept. A second
     * call waits for the first one and has no other effect.
     *
     * @throws IOException if pending work or closing the file fails
     */
    @Override
    public void close() throws IOException {
        StackRoom.requireForSeveral();
        closed = true;
        synchronized (this) {
            if (finishing) {
                return;
            }
            finishing = true;
            interrupted = Thread.interrupted();
            try (AioFile _ = borrowed ? null : file) {
                finish();
            } finally {
                if (ring != null) {
                    ring.close();
                }
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
