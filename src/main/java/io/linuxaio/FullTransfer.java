package io.linuxaio;

import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.PinnedMemory;
import io.linuxaio.internal.engine.reap.Reaper;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A read or write of any position and length, as a sequence of operations on whole blocks: a state machine that a waiting
 * thread drives by {@link #run}, or {@link AsyncTransfer} by callbacks. For one thread at a time.
 */
abstract class FullTransfer {
    final AioContext context;
    final AioFile file;
    final PinnedMemory memory;

    /** The position of the first byte, and that after the last one. */
    final long position;

    final long end;

    /** The position after the last byte that was transferred. */
    long reached;

    /** The present operation, or the next one; null if it is not planned yet. */
    TransferPiece piece;

    /** True if a thread waits for each operation. */
    boolean blocking;

    private boolean closed;

    FullTransfer(AioContext context, AioFile file, PinnedMemory memory, long position) {
        this.context = context;
        this.file = file;
        this.memory = memory;
        this.position = position;
        end = position + memory.size();
        reached = position;
    }

    /**
     * Starts the next operation.
     *
     * @return its future, which completes with a number of bytes, or with null for a lock; null if all is transferred
     */
    abstract CompletableFuture<Integer> next() throws IOException;

    /** Takes the result of the operation: a number of bytes, or null for a lock. */
    abstract void completed(Integer result) throws IOException;

    /**
     * Returns {@code true} if one operation transfers everything, which is then planned as {@link #piece}. Called before
     * the first operation.
     */
    abstract boolean isOneOperation() throws IOException;

    /** Returns the operation for a piece. */
    abstract Opcode opcode();

    /** Returns {@code true} if such a result of the present piece transfers everything that is left. */
    final boolean completesWith(int count) {
        return piece == null || piece.first() + count >= end;
    }

    final CompletableFuture<Integer> start(Opcode opcode, AioFile target) {
        return context.start(opcode, target, piece.memory(), piece.first(), piece.length());
    }

    /** Starts a transfer of a single operation, whose future completes with it. */
    final CompletableFuture<Void> startWhole() {
        return context.start(opcode(), file, piece.memory(), piece.first(), piece.length(), this);
    }

    final void releasePiece() {
        TransferPiece done = piece;
        piece = null;
        if (done != null) {
            done.release();
        }
    }

    /** Releases the buffers and the caller's memory. No operation may be in flight. Closing again has no effect. */
    void close() {
        if (!closed) {
            closed = true;
            releasePiece();
            memory.close();
        }
    }

    /** Closes as {@link #close} does, but leaves the buffers to the garbage collector: an operation may use them. */
    final void abandon() {
        piece = null;
        close();
    }

    /**
     * Performs the transfer, and waits for it.
     *
     * @throws IllegalStateException on a thread that delivers results
     */
    final void run() throws IOException {
        blocking = true;
        CompletableFuture<Integer> operation = null;
        try {
            requireMayWait();
            requireOpen();
            while ((operation = next()) != null) {
                completed(result(operation));
            }
        } catch (Error e) {
            abandon();
            throw e;
        } finally {
            closeAfter(operation);
        }
    }

    private void closeAfter(CompletableFuture<Integer> operation) {
        if (operation == null || operation.isDone()) {
            close();
        } else {
            // Waiting for it was refused.
            operation.whenComplete((_, _) -> close());
        }
    }

    static void requireMayWait() {
        if (Reaper.isAnyCurrentThread()) {
            throw new IllegalStateException("a callback on a thread that delivers results must not wait for a transfer;"
                    + " use the asynchronous form, or another executor");
        }
    }

    private void requireOpen() throws ClosedChannelException {
        if (!file.isOpen()) {
            throw Errors.closedFile(file.path());
        } else if (!context.isOpen()) {
            throw Errors.closedContext();
        }
    }

    /** Waits for a result, and throws its exception as the operation threw it. */
    static <T> T result(CompletableFuture<T> operation) throws IOException {
        try {
            return operation.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw new IOException(e.getCause());
            }
        }
    }

    /** Performs the transfer by callbacks, and returns the future of it. */
    final CompletableFuture<Void> runAsync() {
        boolean started = false;
        try {
            CompletableFuture<Void> future;
            if (reached < end && isOneOperation()) {
                future = startWhole();
            } else {
                future = new CompletableFuture<>();
                requireOpen();
                new AsyncTransfer(this, future).run();
            }
            started = true;
            return future;
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        } catch (Error e) {
            abandon();
            throw e;
        } finally {
            if (!started) {
                close();
            }
        }
    }
}
