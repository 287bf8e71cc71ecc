package io.linuxaio.files;

import io.linuxaio.AioContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Writes what a publisher hands out into a file, by direct I/O: made by {@link AioFlow#newSubscriber}, for one
 * subscription.
 *
 * <p>The file is opened when the subscription begins, and closed when it ends. As many buffers are asked for as blocks
 * may be in flight, and one more whenever one was taken in; so at most that many wait here, and a device that is slow
 * slows the publisher down. A buffer is this subscriber's from {@link #onNext} on: its bytes must not change any more. Its
 * position stays as it is, so others may read it at the same time.
 *
 * <p>No method waits, and none throws but for null: what goes wrong fails {@link #written()} and cancels the subscription.
 * Safe for use by any thread, one at a time, as the rules of Reactive Streams ask of publishers; the subscription hears
 * requests and cancelling from the threads of {@link AioFiles}.
 */
public final class AioFileSubscriber implements Flow.Subscriber<ByteBuffer> {
    /** Opens the file. */
    interface Opening {
        AioWriteChannel open() throws IOException;
    }

    private final Path path;
    private final int depth;
    private final Opening opening;
    private final CompletableFuture<Path> written = new CompletableFuture<>();
    private final Queue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();
    private final SerialTask task = new SerialTask(new Writing());
    private volatile Throwable upstreamFailure;
    private volatile boolean isLastTaken;

    // Of the task alone.
    private AioWriteChannel channel;
    private boolean ended;

    private AioFileSubscriber(Path path, int depth, Opening opening) {
        this.path = path;
        this.depth = depth;
        this.opening = opening;
    }

    static AioFileSubscriber of(AioContext aio, Path path, int blockSize, int depth, WriteOptions options) {
        BlockBufferRing.check(blockSize, depth);
        Objects.requireNonNull(aio, "aio");
        Objects.requireNonNull(path, "path");
        return new AioFileSubscriber(path, depth, () -> AioWriteChannel.open(aio, path, blockSize, depth, options));
    }

    /**
     * The end of it. Cancelling this future, as all of {@link AioFiles}, frees who waits for it and nothing else.
     *
     * @return the path, when all is written and the file is closed; fails with an {@link IOException} where it could not
     *     be written, and with what the publisher failed with where it did: then the file is what
     *     {@link AioWriteChannel#close} makes of the buffers that came before
     */
    public CompletableFuture<Path> written() {
        return written;
    }

    /**
     * Opens the file, and asks for buffers. A second subscription is cancelled at once.
     *
     * @param upstream the subscription
     */
    @Override
    public void onSubscribe(Flow.Subscription upstream) {
        Objects.requireNonNull(upstream, "upstream");
        if (subscription.compareAndSet(null, upstream)) {
            task.wake();
        } else {
            upstream.cancel();
        }
    }

    /**
     * Takes a buffer, to be written behind those before it.
     *
     * @param buffer what stands between its position and its limit
     */
    @Override
    public void onNext(ByteBuffer buffer) {
        buffers.add(buffer.duplicate());
        task.wake();
    }

    /**
     * Closes the file with what came before, and fails {@link #written()}.
     *
     * @param failure with which
     */
    @Override
    public void onError(Throwable failure) {
        upstreamFailure = Objects.requireNonNull(failure, "failure");
        onComplete();
    }

    /** Closes the file when all is written. */
    @Override
    public void onComplete() {
        isLastTaken = true;
        task.wake();
    }

    /** What the task does. Apart, since all can call the methods of a public class. */
    private final class Writing implements SerialTask.Work {
        @Override
        public boolean step() throws IOException {
            if (ended) {
                buffers.clear();
                return false;
            }
            return (channel != null || begin()) && next();
        }

        @Override
        public void end(Throwable failure) {
            AioFileSubscriber.this.end(failure);
        }
    }

    /** Opens the file; false where a publisher signals without a subscription: nothing was promised, nothing is touched. */
    private boolean begin() throws IOException {
        Flow.Subscription upstream = subscription.get();
        if (upstream == null) {
            end(upstreamFailure != null ? upstreamFailure : new IOException("the publisher did not call onSubscribe"));
            return false;
        }
        channel = opening.open();
        FileIoExecutor.lend(() -> upstream.request(depth));
        return true;
    }

    /** Takes one buffer in; false where there is nothing to do until the next wake-up. */
    private boolean next() throws IOException {
        // Looked at before the queue: then what is in it is all.
        boolean last = isLastTaken;
        ByteBuffer buffer = buffers.poll();
        if (buffer != null) {
            channel.write(buffer);
            if (!last) {
                FileIoExecutor.lend(() -> subscription.get().request(1));
            }
            return true;
        }
        if (last) {
            end(upstreamFailure);
        }
        return false;
    }

    private void end(Throwable failure) {
        ended = true;
        Throwable told = failure;
        if (!isLastTaken) {
            told = with(told, () -> FileIoExecutor.lend(subscription.get()::cancel));
        }
        if (channel != null) {
            told = with(told, channel::close);
        }
        buffers.clear();
        Throwable reason = told;
        FileIoExecutor.lend(() -> {
            if (reason == null) {
                written.complete(path);
            } else {
                written.completeExceptionally(reason);
            }
        });
    }

    /** Something that ends with the subscription. */
    private interface Ending {
        void run() throws IOException;
    }

    /** Ends one more thing; answers the first failure, with those after it. */
    private static Throwable with(Throwable first, Ending ending) {
        try {
            ending.run();
        } catch (IOException | RuntimeException e) {
            if (first == null) {
                return e;
            }
            first.addSuppressed(e);
        }
        return first;
    }
}
