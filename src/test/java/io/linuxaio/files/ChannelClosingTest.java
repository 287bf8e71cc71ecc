package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Channels closed by another thread or an interrupt while a thread waits for the kernel. */
class ChannelClosingTest extends FakeKernelFixture {
    private final ByteBuffer source = ByteBuffer.wrap(Bytes.random(8, 10 * BLOCK + 77));
    private AioContext aio;
    private int descriptors;

    /** An action of a thread on a channel. */
    private interface Use {
        void run() throws IOException;
    }

    /** A thread with the outcome of its action. */
    private static final class Caller {
        private final Thread thread;
        private volatile Throwable thrown;
        private volatile boolean interrupted;

        Caller(Use use) {
            thread = Thread.ofPlatform().start(() -> {
                try {
                    use.run();
                } catch (Throwable e) {
                    thrown = e;
                }
                interrupted = Thread.currentThread().isInterrupted();
            });
        }

        Throwable end() throws InterruptedException {
            thread.join();
            return thrown;
        }
    }

    @BeforeEach
    void open() throws IOException {
        aio = open(8);
        kernel.put(PATH.toString(), Bytes.random(9, 10 * BLOCK));
        descriptors = kernel.openDescriptors();
    }

    private AioWriteChannel writer(AioContext context) throws IOException {
        return AioFiles.using(context).withBlockSize(BLOCK).withDepth(2).newWriteChannel(PATH);
    }

    private AioReadChannel reader() throws IOException {
        return AioFiles.using(aio).withBlockSize(BLOCK).withDepth(2).newReadChannel(PATH);
    }

    private Caller writing(AioWriteChannel channel) throws InterruptedException {
        kernel.hold();
        Caller caller = new Caller(() -> channel.write(source));
        kernel.awaitHeld(2);
        Await.parked(caller.thread);
        return caller;
    }

    private Caller reading(AioReadChannel channel) throws InterruptedException {
        kernel.hold();
        Caller caller = new Caller(() -> channel.read(ByteBuffer.allocate(BLOCK)));
        kernel.awaitHeld(2);
        Await.parked(caller.thread);
        return caller;
    }

    private byte[] taken() {
        return Arrays.copyOf(source.array(), source.position());
    }

    private void assertStillInUse(Caller closer) {
        assertThat(closer.thread.isAlive()).as("waiting for the kernel").isTrue();
        assertThat(kernel.openDescriptors()).isEqualTo(descriptors + 1);
    }

    @Test
    void aThreadWaitingInWriteReturnsWhenAnotherThreadCloses() throws Exception {
        AioWriteChannel channel = writer(aio);
        Caller writer = writing(channel);
        Caller closer = new Caller(channel::close);

        assertThat(writer.end()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(channel.isOpen()).isFalse();
        assertStillInUse(closer);
        kernel.releaseAll();

        assertThat(closer.end()).isNull();
        assertThat(kernel.openDescriptors()).isEqualTo(descriptors);
        assertThat(taken()).isNotEmpty();
        assertThat(contents()).isEqualTo(taken());
    }

    @Test
    void aThreadWaitingInReadReturnsWhenAnotherThreadCloses() throws Exception {
        AioReadChannel channel = reader();
        Caller reader = reading(channel);
        Caller closer = new Caller(channel::close);

        assertThat(reader.end()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertStillInUse(closer);
        kernel.releaseAll();

        assertThat(closer.end()).isNull();
        assertThat(kernel.openDescriptors()).isEqualTo(descriptors);
    }

    @Test
    void aThreadWaitingForASyncReturnsWhenAnotherThreadCloses() throws Exception {
        AioWriteChannel channel = writer(aio);
        channel.write(source);
        channel.flush();
        kernel.hold();
        Caller syncing = new Caller(() -> channel.force(false));
        kernel.awaitHeld(1);
        Await.parked(syncing.thread);
        Caller closer = new Caller(channel::close);

        assertThat(syncing.end()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertStillInUse(closer);
        kernel.releaseAll();

        assertThat(closer.end()).isNull();
        assertThat(kernel.openDescriptors()).isEqualTo(descriptors);
        assertThat(contents()).isEqualTo(source.array());
    }

    @Test
    void anInterruptClosesAWriterCleanly() throws Exception {
        AioWriteChannel channel = writer(aio);
        Caller writer = writing(channel);
        writer.thread.interrupt();

        Await.until("closed", () -> !channel.isOpen());
        assertStillInUse(writer);
        kernel.releaseAll();

        assertThat(writer.end())
                .isExactlyInstanceOf(ClosedByInterruptException.class)
                .hasNoSuppressedExceptions();
        assertThat(writer.interrupted).isTrue();
        assertThat(kernel.openDescriptors()).isEqualTo(descriptors);
        assertThat(contents()).isEqualTo(taken());
    }

    @Test
    void anInterruptClosesAReader() throws Exception {
        AioReadChannel channel = reader();
        Caller reader = reading(channel);
        reader.thread.interrupt();

        Await.until("closed", () -> !channel.isOpen());
        assertStillInUse(reader);
        kernel.releaseAll();

        assertThat(reader.end()).isExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(reader.interrupted).isTrue();
        assertThat(kernel.openDescriptors()).isEqualTo(descriptors);
    }

    @Test
    void anInterruptInTheMiddleOfForceLosesNothing() throws Exception {
        AioWriteChannel channel = writer(aio);
        kernel.hold();
        channel.write(source.slice(0, BLOCK + 100));
        Caller forcing = new Caller(() -> channel.force(true));
        // The last block waits for all others.
        kernel.awaitHeld(1);
        Await.parked(forcing.thread);
        forcing.thread.interrupt();
        Await.until("closed", () -> !channel.isOpen());
        kernel.releaseAll();

        assertThat(forcing.end()).isExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(contents()).isEqualTo(Arrays.copyOf(source.array(), BLOCK + 100));
    }

    @Test
    void aFailureWhileAnInterruptClosesIsReported() throws Exception {
        kernel.script(FakeOutcome.NORMAL, FakeOutcome.error(Errno.ENOSPC));
        AioWriteChannel channel = writer(aio);
        Caller writer = writing(channel);
        writer.thread.interrupt();
        Await.until("closed", () -> !channel.isOpen());
        kernel.releaseAll();

        assertThat(writer.end()).isExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(writer.thrown.getSuppressed()).hasSize(1);
        assertThat(writer.thrown.getSuppressed()[0])
                .isInstanceOfSatisfying(
                        AioException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOSPC));
        assertThat(contents()).isEqualTo(Arrays.copyOf(source.array(), BLOCK));
    }

    @Test
    void anInterruptedThreadDoesNotStartAnOperation() throws Exception {
        AioWriteChannel writer = writer(aio);
        writer.write(source.slice(0, 100));
        AioReadChannel reader = reader();

        Caller writing = new Caller(() -> {
            Thread.currentThread().interrupt();
            writer.write(source);
        });
        Caller reading = new Caller(() -> {
            Thread.currentThread().interrupt();
            reader.read(ByteBuffer.allocate(10));
        });

        assertThat(writing.end()).isExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(reading.end()).isExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(source.position()).isZero();
        assertThat(contents()).isEqualTo(Arrays.copyOf(source.array(), 100));
    }

    @Test
    void anInterruptedThreadClosesCleanly() throws Exception {
        AioWriteChannel channel = writer(aio);
        channel.write(source.slice(0, 100));
        Caller closer = new Caller(() -> {
            Thread.currentThread().interrupt();
            channel.close();
        });

        assertThat(closer.end()).isNull();
        assertThat(closer.interrupted).isTrue();
        assertThat(contents()).isEqualTo(Arrays.copyOf(source.array(), 100));
    }

    @Test
    void anInterruptDoesNotEndTheWaitOfClosing() throws Exception {
        AioWriteChannel channel = writer(aio);
        channel.write(source.slice(0, 100));
        kernel.hold();
        Caller closer = new Caller(channel::close);
        kernel.awaitHeld(1);
        Await.parked(closer.thread);
        closer.thread.interrupt();
        Await.until("the interrupt is noticed", () -> !closer.thread.isInterrupted());
        assertStillInUse(closer);
        kernel.releaseAll();

        assertThat(closer.end()).isNull();
        assertThat(closer.interrupted).isTrue();
        assertThat(contents()).isEqualTo(Arrays.copyOf(source.array(), 100));
    }

    @Test
    void aBlockInterruptedAtAFullQueueIsStillWritten() throws Exception {
        AioContext narrow = open(1);
        AioFile other = file(narrow);
        AioWriteChannel channel = writer(narrow);
        kernel.hold();
        other.read(block(0), 0);
        Caller writer = new Caller(() -> channel.write(source));
        Await.until("a full queue", () -> narrow.stats().queueFullCount() > 0);
        Await.parked(writer.thread);
        writer.thread.interrupt();
        Await.until("closed", () -> !channel.isOpen());
        kernel.releaseAll();

        assertThat(writer.end())
                .isExactlyInstanceOf(ClosedByInterruptException.class)
                .hasNoSuppressedExceptions();
        assertThat(taken()).isNotEmpty();
        assertThat(contents()).isEqualTo(taken());
    }

    @Test
    void twoThreadsMayCloseAtOnceAndBothWait() throws Exception {
        AioWriteChannel channel = writer(aio);
        writing(channel);
        Caller first = new Caller(channel::close);
        Caller second = new Caller(channel::close);
        Await.until("closed", () -> !channel.isOpen());
        assertStillInUse(first);
        assertStillInUse(second);
        kernel.releaseAll();

        assertThat(first.end()).isNull();
        assertThat(second.end()).isNull();
        assertThat(new Caller(() -> channel.write(source)).end()).isExactlyInstanceOf(ClosedChannelException.class);
    }
}
