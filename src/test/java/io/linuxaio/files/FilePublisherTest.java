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
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Published files: no more is read than requested, and nothing is left whatever the subscriber does. */
class FilePublisherTest extends FakeKernelFixture {
    private static final int DEPTH = 2;

    private final byte[] bytes = Bytes.random(10, 9 * BLOCK + 5);
    private AioContext aio;
    private int descriptors;

    @BeforeEach
    void open() throws IOException {
        aio = open(8);
        kernel.put(PATH.toString(), bytes);
        descriptors = kernel.openDescriptors();
    }

    @AfterEach
    void theFileIsClosed() {
        kernel.releaseAll();
        Await.until("the file is closed", () -> kernel.openDescriptors() == descriptors);
    }

    private Flow.Publisher<ByteBuffer> publisher() {
        return AioFlow.newPublisher(aio, PATH, BLOCK, DEPTH);
    }

    private <T extends Recorder> T subscribe(T recorder) {
        publisher().subscribe(recorder);
        return recorder;
    }

    @Test
    void noMoreIsReadThanRequested() {
        Recorder recorder = subscribe(new Recorder(0));
        Await.until("the file is open", () -> kernel.openDescriptors() == descriptors + 1);
        assertThat(kernel.requests()).isEmpty();

        recorder.subscription().request(3);
        Await.until("three blocks", () -> recorder.buffers().size() == 3);
        recorder.subscription().request(1);
        Await.until("four blocks", () -> recorder.buffers().size() == 4);

        assertThat(kernel.requests()).hasSize(4);
        assertThat(recorder.end()).isNotDone();
        recorder.subscription().cancel();
    }

    @Test
    void noMoreIsReadAheadThanTheDepth() throws InterruptedException {
        kernel.hold();
        Recorder recorder = subscribe(new Recorder(Long.MAX_VALUE));
        kernel.awaitHeld(DEPTH);
        assertThat(kernel.requests()).hasSize(DEPTH);
        kernel.releaseAll();

        assertThat(recorder.end().join()).isEqualTo(bytes);
        assertThat(recorder.buffers()).hasSize(10);
    }

    @Test
    void theEndIsSignalledWithoutARequest() {
        Recorder recorder = subscribe(new Recorder(10));
        assertThat(recorder.end().join()).isEqualTo(bytes);

        kernel.put(PATH.toString(), new byte[0]);
        assertThat(subscribe(new Recorder(0)).end().join()).isEmpty();
    }

    @Test
    void buffersBelongToTheSubscriber() {
        Recorder recorder = subscribe(new Recorder(Long.MAX_VALUE) {
            @Override
            public synchronized void onNext(ByteBuffer buffer) {
                super.onNext(buffer);
                Arrays.fill(buffer.array(), (byte) 0);
            }
        });
        assertThat(recorder.end().join()).isEqualTo(bytes);
        assertThat(recorder.buffers())
                .allSatisfy(buffer -> assertThat(buffer.array()).containsOnly(0));
    }

    @Test
    void cancellingDoesNotWaitForTheKernel() throws InterruptedException {
        kernel.hold();
        Recorder recorder = subscribe(new Recorder(Long.MAX_VALUE));
        kernel.awaitHeld(DEPTH);

        recorder.subscription().cancel();

        assertThat(kernel.openDescriptors()).isEqualTo(descriptors + 1);
        theFileIsClosed();
        assertThat(recorder.buffers()).isEmpty();
        assertThat(recorder.end()).isNotDone();
    }

    @Test
    void nothingIsSignalledAfterCancelling() {
        Recorder recorder = subscribe(new Recorder(Long.MAX_VALUE) {
            @Override
            public synchronized void onNext(ByteBuffer buffer) {
                super.onNext(buffer);
                if (buffers().size() == 3) {
                    subscription().cancel();
                    subscription().request(5);
                }
            }
        });
        Await.until("three blocks", () -> recorder.buffers().size() >= 3);
        theFileIsClosed();
        assertThat(recorder.buffers()).hasSize(3);
        assertThat(recorder.end()).isNotDone();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void requestingNothingIsAnError(long count) {
        Recorder recorder = subscribe(new Recorder(count == 0 ? 0 : count));
        recorder.subscription().request(count);
        assertThat(failure(recorder.end())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSubscriberThatThrowsCancels() {
        Recorder recorder = subscribe(new Recorder(Long.MAX_VALUE) {
            @Override
            public synchronized void onNext(ByteBuffer buffer) {
                super.onNext(buffer);
                throw new IllegalStateException("thrown by a test, in onNext");
            }
        });
        Await.until("one block", () -> recorder.buffers().size() == 1);
        theFileIsClosed();
        assertThat(recorder.buffers()).hasSize(1);
        assertThat(recorder.end()).isNotDone();
    }

    @Test
    void aSubscriberThatThrowsInOnSubscribeReceivesNothing() {
        Recorder recorder = subscribe(new Recorder(1) {
            @Override
            public void onSubscribe(Flow.Subscription upstream) {
                super.onSubscribe(upstream);
                throw new IllegalStateException("thrown by a test, in onSubscribe");
            }
        });
        recorder.subscription();
        theFileIsClosed();
        assertThat(recorder.buffers()).isEmpty();
        assertThat(kernel.requests()).isEmpty();
    }

    @Test
    void anInterruptLeftByASubscriberClosesNothing() {
        Recorder recorder = subscribe(new Recorder(Long.MAX_VALUE) {
            @Override
            public synchronized void onNext(ByteBuffer buffer) {
                super.onNext(buffer);
                Thread.currentThread().interrupt();
            }
        });
        assertThat(recorder.end().join()).isEqualTo(bytes);
    }

    @Test
    void anErrorIsSignalledAfterTheBlocksBeforeIt() {
        kernel.script(FakeOutcome.NORMAL, FakeOutcome.NORMAL, FakeOutcome.error(Errno.EIO));
        Recorder recorder = subscribe(new Recorder(Long.MAX_VALUE));
        assertFailsWith(recorder.end(), "EIO", 0);
        assertThat(recorder.buffers()).hasSize(2);
    }

    @Test
    void aMissingFileIsAnError() {
        Recorder recorder = new Recorder(0);
        AioFlow.newPublisher(aio, Path.of("/fake/missing"), BLOCK, DEPTH).subscribe(recorder);
        assertThat(failure(recorder.end())).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aClosedContextIsAnError() {
        aio.close();
        descriptors = kernel.openDescriptors();
        assertThat(failure(subscribe(new Recorder(1)).end())).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void invalidArgumentsAreRefusedAtOnce() {
        assertThatThrownBy(() -> AioFlow.newPublisher(aio, PATH, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioFlow.newPublisher(aio, PATH, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> publisher().subscribe(null)).isInstanceOf(NullPointerException.class);
    }
}
