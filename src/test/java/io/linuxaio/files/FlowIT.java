package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files as publishers and subscribers, against {@code java.nio.file.Files}. */
@OnRealKernel
@Timeout(120)
class FlowIT extends LengthsContract {
    private static final int DEPTH = 3;

    private Flow.Publisher<ByteBuffer> publisher(Path path) {
        return AioFlow.newPublisher(aio, path, BLOCK, DEPTH);
    }

    private Recorder subscribe(Recorder recorder) {
        publisher(file).subscribe(recorder);
        return recorder;
    }

    /** A recorder that requests one buffer at a time. */
    private static final class Slow extends Recorder {
        Slow() {
            super(1);
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            super.onNext(buffer);
            subscription().request(1);
        }
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void publishesEachLength(int length) throws IOException {
        byte[] contents = anyBytes(length);
        Files.write(file, contents);
        for (Recorder recorder :
                List.of(new Recorder(Long.MAX_VALUE), new Slow(), new Recorder(1 + random.nextInt(9)))) {
            subscribe(recorder);
            // The last one may have asked for less than there is; the rest is asked for in one more request.
            recorder.subscription().request(Long.MAX_VALUE);
            assertThat(recorder.end().join())
                    .as("%d bytes, seed %d", length, seed)
                    .isEqualTo(contents);
        }
    }

    @Override
    void write(byte[] contents, OpenOption... options) {
        AioFileSubscriber subscriber = AioFlow.newSubscriber(aio, file, BLOCK, 1 + random.nextInt(3), options);
        try (SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>()) {
            publisher.subscribe(subscriber);
            for (int from = 0; from < contents.length; ) {
                int part = Math.min(contents.length - from, 1 + random.nextInt(2 * BLOCK));
                publisher.submit(ByteBuffer.wrap(contents, from, part));
                from += part;
            }
        }
        assertThat(subscriber.written().join()).isEqualTo(file);
    }

    @Test
    void manyFilesAreCopiedAtOnce() throws IOException {
        Files.write(file, bytes);
        List<AioFileSubscriber> copies = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            AioFileSubscriber copy = AioFlow.newSubscriber(aio, directory.resolve("copy-" + i), 3 * BLOCK, DEPTH);
            publisher(file).subscribe(copy);
            copies.add(copy);
        }
        for (AioFileSubscriber copy : copies) {
            assertThat(copy.written().join()).hasBinaryContent(bytes);
        }
    }

    @Test
    void eachSubscriptionReadsTheFileFromTheStart() throws IOException {
        Files.write(file, bytes);
        Flow.Publisher<ByteBuffer> publisher = publisher(file);
        Recorder first = new Recorder(1);
        Recorder second = new Recorder(Long.MAX_VALUE);
        publisher.subscribe(first);
        publisher.subscribe(second);
        assertThat(second.end().join()).isEqualTo(bytes);
        first.subscription().request(Long.MAX_VALUE);
        assertThat(first.end().join()).isEqualTo(bytes);

        Files.writeString(file, "something else");
        Recorder third = new Recorder(1);
        publisher.subscribe(third);
        assertThat(third.end().join()).asString().isEqualTo("something else");
    }

    @Test
    void oneBufferMayBeWrittenToManyFiles() throws IOException {
        List<AioFileSubscriber> copies = new ArrayList<>();
        try (SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>()) {
            for (int i = 0; i < 4; i++) {
                AioFileSubscriber copy = AioFlow.newSubscriber(aio, directory.resolve("copy-" + i), BLOCK, DEPTH);
                publisher.subscribe(copy);
                copies.add(copy);
            }
            for (int from = 0; from < bytes.length; from += 1000) {
                publisher.submit(ByteBuffer.wrap(bytes, from, Math.min(1000, bytes.length - from)));
            }
        }
        for (AioFileSubscriber copy : copies) {
            assertThat(copy.written().join()).hasBinaryContent(bytes);
        }
    }

    // The leak detector reports what they leave behind.

    @Test
    void cancellingLeavesNothingOpen() throws IOException {
        Files.write(file, bytes);
        for (int i = 0; i < 20; i++) {
            Recorder recorder = subscribe(new Recorder(Long.MAX_VALUE));
            int enough = random.nextInt(10);
            Await.until("some blocks", () -> recorder.buffers().size() >= enough);
            recorder.subscription().cancel();
        }
    }

    @Test
    void aSubscriberThatThrowsLeavesNothingOpen() throws IOException {
        Files.write(file, bytes);
        Recorder recorder = subscribe(new Recorder(Long.MAX_VALUE) {
            @Override
            public void onNext(ByteBuffer buffer) {
                super.onNext(buffer);
                throw new IllegalStateException("thrown by a test");
            }
        });
        Await.until("one block", () -> !recorder.buffers().isEmpty());
    }

    @Test
    void anUnfinishedPublicationTruncatesTheFile() throws IOException {
        AioFileSubscriber subscriber = AioFlow.newSubscriber(aio, file, BLOCK, DEPTH);
        SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>();
        publisher.subscribe(subscriber);
        publisher.submit(ByteBuffer.wrap(bytes));
        IOException failure = new IOException("of the publisher");
        publisher.closeExceptionally(failure);

        assertThat(subscriber.written().handle((_, thrown) -> thrown).join()).isSameAs(failure);
        byte[] contents = Files.readAllBytes(file);
        assertThat(contents).isEqualTo(Arrays.copyOf(bytes, contents.length));
    }
}
