package io.linuxaio.files;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** A subscriber that keeps what it hears, and asks for buffers as a test tells it. */
class Recorder implements Flow.Subscriber<ByteBuffer> {
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private final CompletableFuture<byte[]> end = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private final long first;

    /** @param first how many it asks for in the beginning; none where 0 */
    Recorder(long first) {
        this.first = first;
    }

    @Override
    public void onSubscribe(Flow.Subscription upstream) {
        subscription.complete(upstream);
        if (first != 0) {
            upstream.request(first);
        }
    }

    @Override
    public synchronized void onNext(ByteBuffer buffer) {
        buffers.add(buffer);
        byte[] part = new byte[buffer.remaining()];
        buffer.get(buffer.position(), part);
        bytes.writeBytes(part);
    }

    @Override
    public void onError(Throwable failure) {
        end.completeExceptionally(failure);
    }

    @Override
    public synchronized void onComplete() {
        end.complete(bytes.toByteArray());
    }

    /** The subscription, once it is there. */
    Flow.Subscription subscription() {
        return subscription.join();
    }

    /** All bytes, when the publisher has completed. */
    CompletableFuture<byte[]> end() {
        return end;
    }

    /** The buffers that came until now. */
    synchronized List<ByteBuffer> buffers() {
        return List.copyOf(buffers);
    }
}
