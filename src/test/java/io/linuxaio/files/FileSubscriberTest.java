package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioContext;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files written from a publisher: the demand, and the file after a failure. */
class FileSubscriberTest extends FakeKernelFixture {
    private static final int DEPTH = 2;

    private final byte[] bytes = Bytes.random(11, 3 * BLOCK);
    private final Upstream upstream = new Upstream();
    private AioFileSubscriber subscriber;
    private int descriptors;

    /** A subscription controlled by the test. */
    private static final class Upstream implements Flow.Subscription {
        private final AtomicLong requested = new AtomicLong();
        private final AtomicInteger cancelled = new AtomicInteger();

        @Override
        public void request(long count) {
            requested.addAndGet(count);
        }

        @Override
        public void cancel() {
            cancelled.incrementAndGet();
        }
    }

    @BeforeEach
    void open() throws IOException {
        AioContext aio = open(8);
        descriptors = kernel.openDescriptors();
        subscriber = AioFlow.newSubscriber(aio, PATH, BLOCK, DEPTH);
    }

    private ByteBuffer part(int from, int length) {
        return ByteBuffer.wrap(bytes, from, length);
    }

    private void assertClosed() {
        assertThat(kernel.openDescriptors()).isEqualTo(descriptors);
    }

    @Test
    void receivedBuffersAreWritten() {
        subscriber.onSubscribe(upstream);
        ByteBuffer first = part(0, 100);
        subscriber.onNext(first);
        subscriber.onNext(part(100, bytes.length - 100).asReadOnlyBuffer());
        subscriber.onNext(ByteBuffer.allocate(0));
        subscriber.onComplete();

        assertThat(subscriber.written().join()).isEqualTo(PATH);
        assertThat(contents()).isEqualTo(bytes);
        assertThat(first.position()).as("position of the buffer").isZero();
        assertThat(upstream.cancelled).hasValue(0);
        assertClosed();
    }

    @Test
    void requestsAsManyBuffersAsMayWait() {
        kernel.hold();
        subscriber.onSubscribe(upstream);
        Await.until("the first request", () -> upstream.requested.get() == DEPTH);
        subscriber.onNext(part(0, 10));
        Await.until("one buffer consumed and one more requested", () -> upstream.requested.get() == DEPTH + 1);
        // All blocks are in flight with the first of these, and the next finds no room.
        subscriber.onNext(part(10, 3 * BLOCK - 10));
        subscriber.onNext(part(0, 1));
        Await.until("all blocks in flight", () -> kernel.held().size() == DEPTH);
        assertThat(upstream.requested).hasValue(DEPTH + 1);
        kernel.releaseAll();
        Await.until("all buffers consumed", () -> upstream.requested.get() == DEPTH + 3);
        subscriber.onComplete();
        subscriber.written().join();
        assertThat(contents()).hasSize(3 * BLOCK + 1);
    }

    @Test
    void aFullDeviceCancelsAndFails() {
        kernel.script(FakeOutcome.NORMAL, FakeOutcome.error(Errno.ENOSPC));
        subscriber.onSubscribe(upstream);
        subscriber.onNext(part(0, 3 * BLOCK));
        subscriber.onNext(part(0, 3 * BLOCK));

        assertFailsWith(subscriber.written(), "ENOSPC", 0);
        assertThat(upstream.cancelled).hasValue(1);
        assertThat(contents()).isEqualTo(Arrays.copyOf(bytes, BLOCK));
        assertClosed();
        // The publisher may not have heard yet.
        subscriber.onNext(part(0, 10));
        subscriber.onComplete();
        assertThat(contents()).hasSize(BLOCK);
    }

    @Test
    void anErrorOfTheLastBlockFailsTheFuture() {
        kernel.script(FakeOutcome.error(Errno.EIO));
        subscriber.onSubscribe(upstream);
        subscriber.onNext(part(0, 10));
        subscriber.onComplete();

        assertFailsWith(subscriber.written(), "EIO", 0);
        assertThat(contents()).isEmpty();
        assertClosed();
    }

    @Test
    void anErrorOfThePublisherFailsTheFuture() {
        IOException failure = new IOException("of the publisher");
        subscriber.onSubscribe(upstream);
        subscriber.onNext(part(0, 1000));
        subscriber.onError(failure);

        assertThat(failure(subscriber.written())).isSameAs(failure);
        assertThat(contents()).isEqualTo(Arrays.copyOf(bytes, 1000));
        assertThat(upstream.cancelled).hasValue(0);
        assertClosed();
    }

    @Test
    void aFileThatCannotBeOpenedCancels() throws IOException {
        AioFileSubscriber misled = AioFlow.newSubscriber(open(1), Path.of("/fake"), BLOCK, DEPTH);
        misled.onSubscribe(upstream);

        assertThat(failure(misled.written())).isInstanceOf(IOException.class);
        assertThat(upstream.cancelled).hasValue(1);
        assertThat(upstream.requested).hasValue(0);
    }

    @Test
    void aSubscriptionThatThrowsFailsTheFuture() {
        RuntimeException thrown = new IllegalStateException("of the subscription");
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {
                throw thrown;
            }

            @Override
            public void cancel() {
                throw new IllegalStateException("and again");
            }
        });
        assertThat(failure(subscriber.written()))
                .isSameAs(thrown)
                .hasSuppressedException(new IllegalStateException("and again"));
        assertClosed();
    }

    @Test
    void aSecondSubscriptionIsCancelled() {
        Upstream second = new Upstream();
        subscriber.onSubscribe(upstream);
        subscriber.onSubscribe(second);
        assertThat(second.cancelled).hasValue(1);
        subscriber.onNext(part(0, 10));
        subscriber.onComplete();
        subscriber.written().join();
        assertThat(contents()).isEqualTo(Arrays.copyOf(bytes, 10));
        assertThat(upstream.cancelled).hasValue(0);
    }

    @Test
    void nothingIsTouchedWithoutASubscription() {
        subscriber.onError(new IOException("of the publisher"));
        assertThat(failure(subscriber.written())).hasMessage("of the publisher");
        assertThat(contents()).isNull();
    }

    @Test
    void nullIsRefusedAtOnce() {
        assertThatThrownBy(() -> subscriber.onSubscribe(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> subscriber.onNext(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> subscriber.onError(null)).isInstanceOf(NullPointerException.class);
    }
}
