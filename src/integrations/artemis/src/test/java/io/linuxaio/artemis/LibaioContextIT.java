package io.linuxaio.artemis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.LinuxAio;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioContext;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The contract of contexts: submission, both ways to poll, a full queue and closing. */
@OnRealKernel
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LibaioContextIT {
    private static final int BLOCK = 4096;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private String path() {
        return directory.resolve("file.bin").toString();
    }

    private static ByteBuffer block(int value) {
        ByteBuffer block = LibaioContext.newAlignedBuffer(BLOCK, BLOCK);
        while (block.hasRemaining()) {
            block.put((byte) value);
        }
        return block;
    }

    @Test
    void isLoaded() {
        assertThat(LibaioContext.isLoaded()).isTrue();
        assertThat(LibaioContext.isForceSyscall()).isFalse();
    }

    @Test
    void readsWhatItHasWritten() throws IOException {
        Outcomes write = new Outcomes();
        Outcomes read = new Outcomes();
        Outcomes[] polled = new Outcomes[4];
        try (LibaioContext<Outcomes> context = new LibaioContext<>(4, true, false);
                LibaioFile<Outcomes> file = context.openFile(path(), true)) {
            // Its position is at the end: only its memory counts.
            ByteBuffer written = block(7);
            file.write(BLOCK, BLOCK, written, write);
            assertThat(context.poll(polled, 1, 4)).isOne();
            assertThat(polled[0]).isSameAs(write);
            ByteBuffer target = file.newBuffer(2 * BLOCK);
            file.read(0, 2 * BLOCK, target, read);
            assertThat(context.poll(polled, 1, 4)).isOne();
            assertThat(target.get(BLOCK - 1)).isZero();
            assertThat(target.get(BLOCK)).isEqualTo((byte) 7);
            assertThat(target.get(2 * BLOCK - 1)).isEqualTo((byte) 7);
            assertThat(file.getSize()).isEqualTo(2 * BLOCK);
            LibaioContext.freeBuffer(written);
            LibaioContext.freeBuffer(target);
        }
        assertThat(write.errors)
                .as("done() is for the caller of poll(array, min, max)")
                .isEmpty();
        assertThat(polled[0]).isSameAs(read);
    }

    @Test
    void callsBackOnTheThreadThatPollsUntilTheContextIsClosed() throws Exception {
        Outcomes outcomes = new Outcomes();
        PolledContext polled = new PolledContext(4, true, true);
        try (polled;
                LibaioFile<Outcomes> file = polled.context.openFile(path(), true)) {
            ByteBuffer block = block(1);
            for (int i = 0; i < 100; i++) {
                file.write((long) i * BLOCK, BLOCK, block, outcomes);
            }
        }
        assertThat(outcomes.errors).hasSize(100).containsOnly(0);
        assertThat(outcomes.threads).containsOnly(polled.thread);
        polled.context.poll();
        assertThatThrownBy(() -> polled.context.poll(new Outcomes[1], 0, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void returnsAtMostTheMaximumAndKeepsTheOthers() throws IOException {
        Outcomes outcomes = new Outcomes();
        Outcomes[] polled = new Outcomes[8];
        try (LibaioContext<Outcomes> context = new LibaioContext<>(8, true, false);
                LibaioFile<Outcomes> file = context.openFile(path(), true)) {
            for (int i = 0; i < 5; i++) {
                file.write((long) i * BLOCK, BLOCK, block(i), outcomes);
            }
            assertThat(context.poll(polled, 5, 5)).isEqualTo(5);
            for (int i = 0; i < 5; i++) {
                file.write((long) i * BLOCK, BLOCK, block(i), outcomes);
            }
            assertThat(context.poll(polled, 1, 2)).isBetween(1, 2);
            int rest = 5 - context.poll(polled, 1, 1);
            assertThat(rest).isEqualTo(4);
            assertThatThrownBy(() -> context.poll(polled, 0, 9)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> context.poll(polled, 2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void throwsIfTheQueueIsFullAndItHasNoSemaphore() throws IOException {
        Outcomes outcomes = new Outcomes();
        try (LibaioContext<Outcomes> context = new LibaioContext<>(2, false, false);
                LibaioFile<Outcomes> file = context.openFile(path(), true)) {
            file.write(0, BLOCK, block(0), outcomes);
            file.read(0, BLOCK, block(0), outcomes);
            assertThatThrownBy(() -> file.write(0, BLOCK, block(0), outcomes))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the queue is full: 2 operations are in flight");
            assertThat(context.poll(new Outcomes[2], 2, 2)).isEqualTo(2);
            file.write(0, BLOCK, block(0), outcomes);
            assertThat(context.poll(new Outcomes[2], 1, 2)).isOne();
        }
    }

    @Test
    void waitsWhileTheQueueIsFullIfItHasASemaphore() throws Exception {
        Outcomes outcomes = new Outcomes();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (LibaioContext<Outcomes> context = new LibaioContext<>(1, true, false);
                LibaioFile<Outcomes> file = context.openFile(path(), true)) {
            file.write(0, BLOCK, block(0), outcomes);
            Thread second = writer(file, outcomes, thrown);
            Await.parked(second);
            assertThat(context.poll(new Outcomes[1], 1, 1)).isOne();
            second.join();
            assertThat(thrown.get()).isNull();

            Thread third = writer(file, outcomes, thrown);
            Await.parked(third);
            third.interrupt();
            third.join();
            assertThat(thrown.get()).isInstanceOf(IOException.class).hasMessageContaining("interrupted");
        }
    }

    private static Thread writer(LibaioFile<Outcomes> file, Outcomes outcomes, AtomicReference<Throwable> thrown) {
        return Thread.ofPlatform().start(() -> {
            try {
                file.write(BLOCK, BLOCK, block(1), outcomes);
            } catch (IOException e) {
                thrown.set(e);
            }
        });
    }

    @Test
    void aCallbackMaySubmitThrowAndClose() throws Exception {
        AtomicReference<LibaioFile<Outcomes>> file = new AtomicReference<>();
        Outcomes second = new Outcomes();
        Outcomes first = new Outcomes(() -> {
            try {
                file.get().write(0, BLOCK, block(2), second);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            throw new IllegalArgumentException("of the callback");
        });
        try (PolledContext polled = new PolledContext(1, true, false)) {
            Outcomes closer = new Outcomes(polled.context::close);
            file.set(polled.context.openFile(path(), true));
            file.get().write(0, BLOCK, block(1), first);
            assertThat(second.await(1)).containsExactly(0);
            assertThat(polled.thrown).hasSize(1);
            assertThat(polled.thrown.getFirst()).hasMessage("of the callback");
            file.get().write(0, BLOCK, block(1), closer);
            closer.await(1);
            polled.thread.join();
            file.get().close();
        }
    }

    @Test
    void closingEndsAPollThatWaits() throws Exception {
        LibaioContext<Outcomes> context = new LibaioContext<>(4, true, false);
        AtomicReference<Integer> count = new AtomicReference<>();
        Thread polling = Thread.ofPlatform().start(() -> count.set(context.poll(new Outcomes[4], 1, 4)));
        Await.until("it waits", () -> polling.getStackTrace().length > 5);
        context.close();
        polling.join();
        assertThat(count.get()).isZero();
        context.close();
    }

    @Test
    void closingCancelsCallbacksThatNoThreadPolls() throws IOException {
        Outcomes outcomes = new Outcomes();
        LibaioContext<Outcomes> context = new LibaioContext<>(4, true, false);
        LibaioFile<Outcomes> file = context.openFile(path(), true);
        file.write(0, BLOCK, block(1), outcomes);
        context.close();
        assertThat(outcomes.errors).containsExactly(125);
        assertThatThrownBy(() -> file.write(0, BLOCK, block(1), outcomes))
                .isInstanceOf(IOException.class)
                .hasMessage("the context is closed");
        file.close();
    }

    @Test
    void countsTheQueueSizesAndLeavesNothingInTheKernel() throws Exception {
        long used = LinuxAio.limits().used();
        LibaioContext.resetMaxAIO();
        for (int i = 0; i < 3; i++) {
            LibaioContext<Outcomes> context = new LibaioContext<>(100, true, false);
            assertThat(LibaioContext.getTotalMaxIO()).isEqualTo(100);
            context.close();
        }
        assertThat(LibaioContext.getTotalMaxIO()).isZero();
        Await.until("its contexts are gone", () -> used(used));
    }

    private static boolean used(long before) {
        return LinuxAio.limits().used() <= before;
    }

    @Test
    void refusesAQueueSizeOutOfRange() {
        assertThatThrownBy(() -> new LibaioContext<Outcomes>(0, true, false)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> new LibaioContext<Outcomes>(-1, true, false)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void refusesNoCallbackAndAnUnknownDescriptor() throws IOException {
        Files.createFile(Path.of(path()));
        try (LibaioContext<Outcomes> context = new LibaioContext<>(1, true, false);
                LibaioFile<Outcomes> file = context.openFile(path(), true)) {
            assertThatThrownBy(() -> file.write(0, BLOCK, block(0), null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> file.write(0, BLOCK, null, new Outcomes()))
                    .isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> context.submitWrite(99_999, 0, BLOCK, block(0), new Outcomes()))
                    .isInstanceOf(IOException.class);
        }
    }
}
