package io.linuxaio.files;

import io.linuxaio.AioFile;
import io.linuxaio.internal.access.ClosedException;
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
 * A file that is read or written through a ring of blocks, by several threads one at a time.
 *
 * <p>A wait for the kernel ends when another thread closes the channel, or the waiting thread is interrupted, which
 * closes it too. What is in flight goes on: closing waits for it, and nothing ends that wait but the kernel.
 *
 * <p>If the context is closed, operations fail with a {@link ClosedChannelException} too. The channel stays open then, and
 * handles it as it handles every other failure of the kernel.
 */
abstract sealed class BlockIoChannel implements InterruptibleChannel permits AioReadChannel, AioWriteChannel {
    /** How often a thread that waits looks whether the channel was closed. */
    private static final long LOOK_MILLIS = 20;

    /** What the blocks belong to; closed with the channel. */
    final AioFile file;

    /** The blocks. */
    BlockBufferRing ring;

    private volatile boolean closed;
    private boolean finishing;
    private boolean interrupted;

    BlockIoChannel(AioFile file, BlockBufferRing ring) {
        this.file = file;
        this.ring = ring;
    }

    final void requireOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    /** What a method that may wait begins with: a thread that is interrupted already does not wait. */
    final void begin() throws ClosedChannelException {
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
     * @return how many bytes there are
     */
    final int awaitRead(int index) throws IOException {
        int count;
        do {
            awaitBlock(index);
            count = ring.take(index);
        } while (ring.readOn(index, count));
        return count;
    }

    /** Starts an operation beside the blocks, and answers its result. */
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

    /** Returns {@code true} if a failure says that this channel is closed; a closed context fails an operation. */
    static boolean isOfThisChannel(IOException failure) {
        return failure instanceof ClosedChannelException && !(failure instanceof ClosedException);
    }

    private static boolean endsSoon(CompletableFuture<?> operation) {
        try {
            operation.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            // Told to who takes the outcome.
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
     * Whether the file was opened with {@code O_DIRECT}.
     *
     * @return false where {@link io.linuxaio.AioOpenOption} made it buffered
     */
    public final boolean isDirect() {
        return file.isDirect();
    }

    /** Ends what was begun, once, when the channel is closed. Its waits end with the kernel's answers alone. */
    abstract void finish() throws IOException;

    @Override
    public final boolean isOpen() {
        return !closed;
    }

    /**
     * Ends what is in flight and closes the file. A thread that waits in another method leaves it with an
     * {@link AsynchronousCloseException}. An interrupt does not end this wait, and is kept. Closing again waits for the
     * first closing and does nothing else.
     *
     * @throws IOException if the file cannot be closed in order
     */
    @Override
    public void close() throws IOException {
        closed = true;
        synchronized (this) {
            if (finishing) {
                return;
            }
            finishing = true;
            interrupted = Thread.interrupted();
            try (file) {
                finish();
            } finally {
                ring.close();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
