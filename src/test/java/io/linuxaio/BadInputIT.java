package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.TooFar;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Invalid arguments, which each way to start an operation throws before anything is in flight. */
@OnRealKernel
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class BadInputIT {
    private static final int BLOCK = 4096;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private AioContext aio;
    private AioArena arena;
    private AioFile file;

    @BeforeEach
    void open() throws IOException {
        aio = AioContext.builder().queueDepth(4).open();
        arena = AioArena.ofShared();
        file = aio.open(directory.resolve("file"), READ, WRITE, CREATE);
    }

    @AfterEach
    void close() throws IOException {
        assertThat(aio.stats().inFlight()).isZero();
        assertThat(aio.stats().submitted()).isZero();
        file.close();
        aio.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /** Tries a read in each available way. */
    private void readRefused(MemorySegment target, long position, Class<? extends Throwable> type, String... words)
            throws IOException {
        MemorySegment[] several = {target};
        refused(() -> file.read(target, position), type, words);
        refused(() -> file.readv(several, position), type, words);
        refused(() -> aio.batch().read(file, target, position), type, words);
        refused(() -> aio.batch().readv(file, several, position), type, words);
        try (AioQueue queue = AioQueue.open(1)) {
            refused(() -> queue.prepareRead(file, target, position, 0), type, words);
            refused(() -> queue.prepareReadv(file, several, position, 0), type, words);
            assertThat(queue.prepared()).isZero();
        }
    }

    /** Tries a write in each available way. */
    private void writeRefused(MemorySegment source, long position, Class<? extends Throwable> type, String... words)
            throws IOException {
        MemorySegment[] several = {source};
        refused(() -> file.write(source, position), type, words);
        refused(() -> file.writev(several, position), type, words);
        refused(() -> aio.batch().write(file, source, position), type, words);
        refused(() -> aio.batch().writev(file, several, position), type, words);
        try (AioQueue queue = AioQueue.open(1)) {
            refused(() -> queue.prepareWrite(file, source, position, 0), type, words);
            refused(() -> queue.prepareWritev(file, several, position, 0), type, words);
            assertThat(queue.prepared()).isZero();
        }
    }

    private static void refused(Runnable call, Class<? extends Throwable> type, String... words) {
        assertThatThrownBy(call::run).isExactlyInstanceOf(type).hasMessageContainingAll(words);
    }

    @ParameterizedTest
    @CsvSource({
        // how far off: address, position, length
        "1, 0, 0",
        "0, 1, 0",
        "0, 0, 1",
        "256, 0, 0",
        "0, 511, 0",
        "8, 16, 0",
        "8, 0, 32",
        "0, 16, 32",
        "8, 16, 32"
    })
    void misalignedRequestsAreRefused(int address, int position, int length) throws IOException {
        MemorySegment segment = arena.allocate(2 * BLOCK).asSlice(address, BLOCK + length);
        String[] words = {
            directory.resolve("file").toString(),
            "multiples of " + file.alignment().memory(),
            "multiples of " + file.alignment().offset(),
            "AioArena",
            "BUFFERED"
        };

        writeRefused(segment, BLOCK + position, IllegalArgumentException.class, words);
        readRefused(segment, BLOCK + position, IllegalArgumentException.class, words);
        assertThatThrownBy(() -> file.write(segment, BLOCK + position)).satisfies(e -> {
            assertNamed(e.getMessage(), "address " + segment.address() + " is " + address + " too many", address);
            assertNamed(e.getMessage(), "position " + (BLOCK + position) + " is " + position + " too many", position);
            assertNamed(e.getMessage(), "length " + (BLOCK + length) + " is " + length + " too many", length);
        });
    }

    private static void assertNamed(String message, String words, int excess) {
        if (excess == 0) {
            assertThat(message).doesNotContain(words);
        } else {
            assertThat(message).contains(words);
        }
    }

    @Test
    void oneMisalignedSegmentAmongManyIsRefused() {
        MemorySegment block = arena.allocate(2 * BLOCK);
        MemorySegment[] segments = {block.asSlice(0, BLOCK), block.asSlice(100, BLOCK), block.asSlice(0, BLOCK)};

        refused(() -> file.writev(segments, 0), IllegalArgumentException.class, "is 100 too many");
        refused(() -> file.readv(segments, 0), IllegalArgumentException.class, "is 100 too many");
    }

    @Test
    void aHeapSegmentIsRefused() throws IOException {
        MemorySegment heap = MemorySegment.ofArray(new byte[BLOCK]);

        writeRefused(heap, 0, IllegalArgumentException.class, "heap", "AioArena");
        readRefused(heap, 0, IllegalArgumentException.class, "heap", "AioArena");
    }

    @Test
    void readingIntoAReadOnlySegmentIsRefused() throws IOException {
        readRefused(arena.allocate(BLOCK).asReadOnly(), 0, IllegalArgumentException.class, "read-only");
    }

    @Test
    void aSegmentConfinedToAnotherThreadIsRefused() throws Exception {
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Arena confined = other.submit(Arena::ofConfined).get();
            MemorySegment segment =
                    other.submit(() -> confined.allocate(BLOCK, BLOCK)).get();

            readRefused(segment, 0, WrongThreadException.class, "another thread", "AioArena");
            writeRefused(segment, 0, WrongThreadException.class, "another thread", "AioArena");
            other.submit(confined::close).get();
        }
    }

    @Test
    void aSegmentOfAClosedArenaIsRefused() throws IOException {
        MemorySegment ours = arena.allocate(BLOCK);
        arena.close();
        MemorySegment theirs;
        try (Arena shared = Arena.ofShared()) {
            theirs = shared.allocate(BLOCK, BLOCK);
        }

        for (MemorySegment segment : new MemorySegment[] {ours, theirs}) {
            writeRefused(segment, 0, IllegalStateException.class, "arena is closed");
            readRefused(segment, 0, IllegalStateException.class, "arena is closed");
        }
    }

    @Test
    void aNegativePositionIsRefused() throws IOException {
        MemorySegment block = arena.allocate(BLOCK);

        for (long position : new long[] {-1, -BLOCK, Long.MIN_VALUE}) {
            writeRefused(block, position, IllegalArgumentException.class, "position is negative", "" + position);
            readRefused(block, position, IllegalArgumentException.class, "position is negative", "" + position);
        }
        refused(() -> file.read(block.asSlice(0, 0), -1), IllegalArgumentException.class, "position is negative");
    }

    @Test
    void anEndBeyondTheLargestPositionIsRefused() throws IOException {
        MemorySegment block = arena.allocate(BLOCK);
        long position = Long.MAX_VALUE - (BLOCK - 1);

        writeRefused(block, position, IllegalArgumentException.class, "largest position", "" + position);
        readRefused(block, position, IllegalArgumentException.class, "largest position", "" + position);
        MemorySegment[] twice = {block, block};
        refused(() -> file.readv(twice, position - BLOCK), IllegalArgumentException.class, "largest position");
    }

    @Test
    @SuppressWarnings("restricted")
    void moreBytesThanOneOperationTransfersAreRefused() throws IOException {
        // Not ours, and never touched: the length alone is looked at.
        MemorySegment large = arena.allocate(BLOCK).reinterpret(0x7fff_f000L + 512);

        writeRefused(large, 0, IllegalArgumentException.class, "2147479552", "split it");
        readRefused(large, 0, IllegalArgumentException.class, "2147479552", "split it");
        MemorySegment half = arena.allocate(BLOCK).reinterpret(1L << 30);
        refused(
                () -> file.writev(new MemorySegment[] {half, half}, 0),
                IllegalArgumentException.class,
                "2147479552",
                "split it");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1025})
    void aSegmentCountThatTheKernelDoesNotAcceptIsRefused(int count) {
        MemorySegment[] segments = new MemorySegment[count];
        Arrays.fill(segments, arena.allocate(512));

        refused(() -> file.writev(segments, 0), IllegalArgumentException.class, "1 to 1024", "" + count);
        refused(() -> file.readv(segments, 0), IllegalArgumentException.class, "1 to 1024", "" + count);
    }

    @Test
    void aNullSegmentIsRefused() {
        MemorySegment[] segments = {arena.allocate(BLOCK), null};

        assertThatThrownBy(() -> file.writev(segments, 0)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> file.readv(segments, 0)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> file.read((MemorySegment) null, 0)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> file.write((MemorySegment) null, 0)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> file.writev(null, 0)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aClosedFileIsRefused() throws IOException {
        MemorySegment block = arena.allocate(BLOCK);
        file.close();
        String name = directory.resolve("file").toString();

        failsAsClosed(file.write(block, 0), "file is closed", name);
        failsAsClosed(file.read(block, 0), "file is closed", name);
        failsAsClosed(file.read(block.asSlice(0, 0), 0), "file is closed", name);
        failsAsClosed(file.sync(), "file is closed", name);
        failsAsClosed(file.dataSync(), "file is closed", name);
        failsAsClosed(aio.batch().dataSync(file), "file is closed", name);
        assertThatThrownBy(file::size).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.setLength(0)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.allocate(0, 1)).isInstanceOf(ClosedChannelException.class);
        assertThat(file.isOpen()).isFalse();
        file.close();
    }

    private static void failsAsClosed(CompletableFuture<?> future, String... words) {
        assertThat(future.exceptionNow())
                .isInstanceOf(ClosedChannelException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void aClosedContextIsRefused() {
        MemorySegment block = arena.allocate(BLOCK);
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> waiting = batch.read(file, block, 0);
        aio.close();

        failsAsClosed(file.read(block, 0), "context is closed");
        failsAsClosed(file.read(block.asSlice(0, 0), 0), "context is closed");
        failsAsClosed(file.write(block, 0), "context is closed");
        failsAsClosed(file.sync(), "context is closed");
        failsAsClosed(batch.read(file, block, 0), "context is closed");
        batch.submit();
        failsAsClosed(waiting, "context is closed");
    }

    @Test
    void invalidLengthsAreRefused() {
        refused(() -> unchecked(() -> file.setLength(-1)), IllegalArgumentException.class, "negative", "-1");
        refused(() -> unchecked(() -> file.allocate(-1, 1)), IllegalArgumentException.class, "negative", "-1");
        refused(() -> unchecked(() -> file.allocate(0, 0)), IllegalArgumentException.class, "at least 1");
        assertThatThrownBy(() -> file.allocate(Long.MAX_VALUE, Long.MAX_VALUE)).isInstanceOf(AioException.class);
    }

    @Test
    void aLengthThatTheFilesystemDoesNotSupportIsRefused() throws IOException {
        TooFar.assumeRefused(directory);

        assertThatThrownBy(() -> file.setLength(Long.MAX_VALUE))
                .isInstanceOf(AioException.class)
                .hasMessageContaining("setLength")
                .hasMessageContaining("EFBIG");
    }

    /** A call that declares {@link IOException} and must not throw it here. */
    private interface Call {
        void run() throws IOException;
    }

    private static void unchecked(Call call) {
        try {
            call.run();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1 << 20, Integer.MAX_VALUE})
    void anInvalidDepthIsRefused(int depth) {
        refused(
                () -> AioContext.builder().queueDepth(depth),
                IllegalArgumentException.class,
                "queue depth",
                "1 to 1048575",
                "" + depth);
        assertThatThrownBy(() -> AioQueue.open(depth))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("queue depth");
    }

    @Test
    void invalidAlignmentsAreRefused() {
        for (int bad : new int[] {0, -1, 3, Integer.MIN_VALUE}) {
            refused(() -> new AioAlignment(bad, 512), IllegalArgumentException.class, "powers of two", "" + bad);
            refused(() -> new AioAlignment(512, bad), IllegalArgumentException.class, "powers of two", "" + bad);
            refused(() -> AioArena.ofShared(bad), IllegalArgumentException.class, "power of two", "" + bad);
        }
    }
}
