package io.linuxaio.files;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** A subscriber that keeps the received signals, and requests as many buffers as a test asks for. */
class Recorder implements Flow.Subscriber<ByteBuffer> {
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private final CompletableFuture<byte[]> end = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private final long first;

    /** @param first the first request; 0 for none */
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

    /** Returns the subscription when it is there. */
    Flow.Subscription subscription() {
        return subscription.join();
    }

    /** Returns all bytes when the publisher has completed. */
    CompletableFuture<byte[]> end() {
        return end;
    }

    /** Returns the buffers received so far. */
    synchronized List<ByteBuffer> buffers() {
        return List.copyOf(buffers);
    }
}
