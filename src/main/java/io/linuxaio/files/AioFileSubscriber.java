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
 * A {@link Flow.Subscriber} that writes the buffers of a publisher to a file by direct I/O. {@link
 * AioFlow#newSubscriber} creates it, for one subscription.
 *
 * <p>The file is opened when the subscription begins, and closed when it ends. The subscriber requests as many buffers
 * as blocks may be in flight, and one more for each buffer that it has consumed. So at most that many are queued, and a
 * slow device slows the publisher down (back-pressure). From {@link #onNext} on, the bytes of a buffer must not change.
 * Its position is not changed, so other threads may read the buffer at the same time.
 *
 * <p>No method waits, and none throws except for null arguments: failures fail {@link #written()} and cancel the
 * subscription. Safe for use by several threads, one at a time, as Reactive Streams require of publishers. The threads
 * of {@link AioFiles} call the methods of the subscription.
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

    // Used by the task only.
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
     * Returns a future that completes when the file has been written and closed. Cancelling it releases waiting threads
     * but does not stop the write.
     *
     * @return the path; fails with an {@link IOException} if the file could not be written, or with the failure of the
     *     publisher. In both cases {@link AioWriteChannel#close} has closed the file with the buffers received before
     */
    public CompletableFuture<Path> written() {
        return written;
    }

    /**
     * Opens the file and requests buffers. A second subscription is cancelled immediately.
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
     * Queues a buffer to be written after those before it.
     *
     * @param buffer the bytes between its position and its limit
     */
    @Override
    public void onNext(ByteBuffer buffer) {
        buffers.add(buffer.duplicate());
        task.wake();
    }

    /**
     * Closes the file with the buffers received before, and fails {@link #written()}.
     *
     * @param failure the failure of the publisher
     */
    @Override
    public void onError(Throwable failure) {
        upstreamFailure = Objects.requireNonNull(failure, "failure");
        onComplete();
    }

    /** Closes the file after the last buffer has been written. */
    @Override
    public void onComplete() {
        isLastTaken = true;
        task.wake();
    }

    /** The steps of the task. A class of its own, since methods of the public class would be callable by users. */
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

    /**
     * Opens the file. Returns {@code false} if the publisher signalled without a subscription; the file is untouched
     * then.
     */
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

    /** Writes one buffer. Returns {@code false} if there is nothing to do until the next wakeup. */
    private boolean next() throws IOException {
        // Read before the queue: if set, the queue holds all remaining buffers.
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
        Throwable combined = failure;
        if (!isLastTaken) {
            combined = with(combined, () -> FileIoExecutor.lend(subscription.get()::cancel));
        }
        if (channel != null) {
            combined = with(combined, channel::close);
        }
        buffers.clear();
        Throwable reason = combined;
        FileIoExecutor.lend(() -> {
            if (reason == null) {
                written.complete(path);
            } else {
                written.completeExceptionally(reason);
            }
        });
    }

    /** An action at the end of the subscription. */
    private interface Ending {
        void run() throws IOException;
    }

    /** Runs an action. Returns the first failure, to which later ones are added as suppressed. */
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
