package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.internal.memory.BounceBuffers;
import io.linuxaio.testing.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many reads by one call: the bytes, the operations that they take, and their failures. */
class ManyReadsTest extends FakeKernelFixture {
    private static final int UNIT = 512;
    private static final int LENGTH = 1 << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private AioContext aio;
    private AioFile file;
    private byte[] bytes;

    @BeforeEach
    void fill() throws IOException {
        aio = open(128);
        file = file(aio);
        bytes = Bytes.random(7, LENGTH);
        file.writeFully(bytes, 0, LENGTH, 0);
    }

    private static MemorySegment[] heap(int... lengths) {
        return Arrays.stream(lengths)
                .mapToObj(length -> MemorySegment.ofArray(new byte[length]))
                .toArray(MemorySegment[]::new);
    }

    private void assertRead(MemorySegment[] targets, long... positions) {
        for (int i = 0; i < targets.length; i++) {
            int from = (int) positions[i];
            assertThat(targets[i].toArray(JAVA_BYTE))
                    .as("request %d at %d", i, positions[i])
                    .isEqualTo(Arrays.copyOfRange(bytes, from, from + (int) targets[i].byteSize()));
        }
    }

    private int operationsFor(MemorySegment[] targets, long... positions) throws IOException {
        int before = kernel.submissions().size();
        file.readMany(targets, positions);
        assertRead(targets, positions);
        return requestsSince(before).size();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 64, 65, 500})
    void eachSegmentHasItsBytes(int count) throws IOException {
        Random random = new Random(count);
        MemorySegment[] targets = heap(random.ints(count, 1, 5000).toArray());
        long[] positions = LongStream.generate(() -> random.nextLong(LENGTH - 5000))
                .limit(count)
                .toArray();

        file.readMany(targets, positions);

        assertRead(targets, positions);
        assertThat(aio.inFlight()).isZero();
    }

    @Test
    void neighboursAreReadByOneOperation() throws IOException {
        assertThat(operationsFor(heap(100, 100, 100), 1000, 1100, 1200)).isEqualTo(1);
        assertThat(operationsFor(heap(100, 100, 100), 1200, 1000, 1100))
                .as("in any order")
                .isEqualTo(1);
        assertThat(operationsFor(heap(100, 100), 5000, 5000))
                .as("the same bytes twice")
                .isEqualTo(1);
        assertThat(operationsFor(heap(3000, 10), 5000, 5500))
                .as("one within the other")
                .isEqualTo(1);
    }

    @Test
    void aGapOfABlockIsReadToo() throws IOException {
        int gap = ManyReads.LONGEST_GAP;
        assertThat(operationsFor(heap(100, 100), 0, 100 + gap)).isEqualTo(1);
        assertThat(operationsFor(heap(100, 100), 0, 101 + gap)).isEqualTo(2);
    }

    @Test
    void aGroupFitsIntoABuffer() throws IOException {
        int size = BounceBuffers.SIZE;
        assertThat(operationsFor(heap(size - 100, 100), 0, size - 100)).isEqualTo(1);
        assertThat(operationsFor(heap(size - 100, 101), 0, size - 100)).isEqualTo(2);
        assertThat(operationsFor(heap(size - 100, 100), 1, size - 99)).isEqualTo(2);
    }

    @Test
    void longRequestsAreReadDirectly() throws IOException {
        try (AioArena arena = AioArena.ofShared()) {
            MemorySegment[] targets = {arena.allocate(64 << 10, UNIT), arena.allocate(100)};
            int before = kernel.submissions().size();
            file.readMany(targets, new long[] {4096, 4000});
            assertRead(targets, 4096, 4000);
            assertThat(requestsSince(before)).hasSize(2);
        }
    }

    @Test
    void oneSystemCallSubmitsThem() throws IOException {
        MemorySegment[] targets = heap(10, 10, 10, 10);
        int before = kernel.submissions().size();
        file.readMany(targets, new long[] {0, 100_000, 200_000, 300_000});
        assertThat(kernel.submissions().stream()
                        .skip(before)
                        .filter(one -> one.accepted().stream().noneMatch(FakeRequest::device)))
                .hasSize(1);
    }

    @Test
    void aWindowBoundsWhatIsInFlight() {
        int count = 3 * ManyReads.WINDOW;
        MemorySegment[] targets = heap(new int[count]);
        Arrays.setAll(targets, i -> MemorySegment.ofArray(new byte[8]));
        long[] positions = LongStream.range(0, count).map(i -> i * 5000).toArray();
        kernel.hold();
        CompletableFuture<Void> all = file.readManyAsync(targets, positions);

        assertThat(aio.inFlight()).isEqualTo(ManyReads.WINDOW);
        kernel.releaseAll();
        assertThat(all).succeedsWithin(TIMEOUT);
        assertRead(targets, positions);
        assertThat(aio.stats().maxInFlight()).isLessThanOrEqualTo(ManyReads.WINDOW + 1);
    }

    @Test
    void aShallowQueueIsEnough() throws IOException {
        try (AioContext shallow = open(1);
                AioFile through = file(shallow)) {
            MemorySegment[] targets = heap(10, 10, 10, 20_000);
            long[] positions = {0, 100_000, 200_000, 300_001};
            through.readMany(targets, positions);
            assertRead(targets, positions);
        }
    }

    @Test
    void nothingIsRequestedForNothing() throws IOException {
        int before = kernel.submissions().size();
        file.readMany(new MemorySegment[0], new long[0]);
        file.readMany(heap(0, 0), new long[] {0, LENGTH + 5});
        assertThat(kernel.submissions()).hasSize(before);
        assertThat(operationsFor(heap(0, 7, 0), 9, 3, 1)).isEqualTo(1);
    }

    @Test
    void theLastBytesOfTheFileAreRead() throws IOException {
        file.writeFully(new byte[] {1, 2, 3}, 0, 3, LENGTH);
        bytes = contents();
        assertThat(operationsFor(heap(2, 100), LENGTH + 1, LENGTH - 100)).isPositive();
    }

    @Test
    void requestsBeyondTheEndFail() {
        MemorySegment[] targets = heap(100, 100);
        assertThatThrownBy(() -> file.readMany(targets, new long[] {0, LENGTH - 99}))
                .isInstanceOf(EOFException.class)
                .hasMessageContaining("ends at " + LENGTH);
        assertThatThrownBy(() -> file.readMany(targets, new long[] {0, 4L * LENGTH}))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> file.readMany(targets, new long[] {0, Long.MAX_VALUE - 100}))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aFailureIsReportedWhenNothingIsInFlight() throws IOException {
        kernel.script(FakeOutcome.error(Errno.EIO));
        AioArena arena = AioArena.ofShared();
        MemorySegment[] targets = {arena.allocate(10), arena.allocate(10), arena.allocate(10)};
        assertThatThrownBy(() -> file.readMany(targets, new long[] {0, 100_000, 200_000}))
                .isInstanceOf(AioException.class)
                .hasMessageContaining("EIO");
        assertThat(aio.inFlight()).isZero();
        arena.close();
    }

    @Test
    void memoryIsKeptUntilAllAreRead() {
        AioArena arena = AioArena.ofShared();
        MemorySegment[] targets = {arena.allocate(10), arena.allocate(10)};
        kernel.hold();
        CompletableFuture<Void> all = file.readManyAsync(targets, new long[] {0, 100_000});
        assertThatThrownBy(arena::close).isInstanceOf(IllegalStateException.class);
        kernel.releaseAll();
        assertThat(all).succeedsWithin(TIMEOUT);
        assertRead(targets, 0, 100_000);
        arena.close();
    }

    @Test
    void aClosedArenaIsRefusedAndKeepsNoOther() {
        AioArena open = AioArena.ofShared();
        AioArena closed = AioArena.ofShared();
        MemorySegment[] targets = {open.allocate(10), closed.allocate(10)};
        closed.close();
        assertThatThrownBy(() -> file.readManyAsync(targets, new long[] {0, 0}))
                .isInstanceOf(IllegalStateException.class);
        open.close();
    }

    @Test
    void argumentsAreChecked() throws IOException {
        assertThatThrownBy(() -> file.readMany(heap(1, 1), new long[1])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.readMany(heap(1), new long[] {-1})).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.readMany(heap(1), new long[] {Long.MAX_VALUE}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.readMany(new MemorySegment[] {heap(1)[0].asReadOnly()}, new long[1]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.readMany(new MemorySegment[1], new long[1]))
                .isInstanceOf(NullPointerException.class);
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment[] targets = {confined.allocate(1)};
            assertThatThrownBy(() -> file.readMany(targets, new long[1])).isInstanceOf(WrongThreadException.class);
        }
        try (AioFile writeOnly = AioFile.open(kernel, aio, PATH, Set.of(StandardOpenOption.WRITE))) {
            assertThatThrownBy(() -> writeOnly.readMany(heap(1), new long[1]))
                    .isInstanceOf(NonReadableChannelException.class);
        }
    }

    @Test
    void aClosedFileOrContextFails() throws IOException {
        file.close();
        assertThatThrownBy(() -> file.readMany(heap(1), new long[1])).isInstanceOf(ClosedChannelException.class);
        aio.close();
        assertThatThrownBy(() -> file.readMany(heap(1), new long[1])).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void aFullQueueThatRejectsFailsAll() throws Exception {
        kernel.hold();
        try (AioContext rejecting = open(AioContext.builder().queueDepth(1).onFullQueue(AioFullQueuePolicy.REJECT));
                AioFile through = file(rejecting)) {
            CompletableFuture<Void> first = through.readManyAsync(heap(1), new long[1]);
            CompletableFuture<Void> second = through.readManyAsync(heap(1), new long[1]);
            assertThat(second)
                    .failsWithin(TIMEOUT)
                    .withThrowableThat()
                    .withCauseInstanceOf(RejectedExecutionException.class);
            kernel.releaseAll();
            assertThat(first).succeedsWithin(TIMEOUT);
        }
    }

    @Test
    void aCallbackMustNotWait() {
        kernel.hold();
        CompletableFuture<Void> callback = file.sync().thenAccept(_ -> {
            try {
                file.readMany(heap(1), new long[1]);
            } catch (IOException e) {
                throw new IllegalArgumentException(e);
            }
        });
        kernel.releaseAll();
        assertThat(callback).failsWithin(TIMEOUT).withThrowableThat().withCauseInstanceOf(IllegalStateException.class);
    }
}
