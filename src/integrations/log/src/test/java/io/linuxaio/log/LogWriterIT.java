package io.linuxaio.log;

import static io.linuxaio.log.LogFixture.appendAlone;
import static io.linuxaio.log.LogFixture.bytes;
import static io.linuxaio.log.LogFixture.names;
import static io.linuxaio.log.LogFixture.records;
import static io.linuxaio.log.LogFixture.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Appending, replaying, closing, misuse. */
@OnRealKernel
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LogWriterIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void theExampleKeepsWhatItAppends() throws Exception {
        Path log = directory.resolve("log");
        assertThat(LogExample.appendTwo(log)).isEmpty();
        assertThat(LogExample.appendTwo(log)).containsExactly("first", "second");
    }

    @ParameterizedTest
    @CsvSource({
        "ALWAYS, DSYNC, 4096",
        "ALWAYS, DATA_SYNC, 4096",
        "ALWAYS, DSYNC, 512",
        "ALWAYS, DSYNC, 16384",
        "INTERVAL, DSYNC, 4096",
        "NONE, DSYNC, 4096"
    })
    void recordsOfManyThreadsAreThereInTheOrderOfEachThread(LogDurability durability, LogForce force, int block)
            throws Exception {
        int threads = 8;
        int each = 300;
        ConcurrentHashMap<Long, String> appended = new ConcurrentHashMap<>();
        try (LogWriter log = small(directory)
                .segmentSize(128 << 10)
                .durability(durability)
                .force(force)
                .blockSize(block)
                .syncInterval(Duration.ofMillis(5))
                .open()) {
            List<Thread> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                all.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < each; i++) {
                        String text = thread + " " + i + " " + "x".repeat(i % 100);
                        appended.put(log.append(bytes(text)).join(), text);
                    }
                }));
            }
            for (Thread thread : all) {
                thread.join();
            }
            long durable = log.sync().join();
            assertThat(durable).isEqualTo(log.durableUpTo());
            assertThat(appended.keySet()).allMatch(position -> position < durable);
        }
        List<Long> positions = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        small(directory)
                .open((position, record) -> {
                    positions.add(position);
                    texts.add(LogExample.text(record));
                    assertThat(LogExample.text(record.rewind())).isEqualTo(appended.get(position));
                })
                .close();
        assertThat(positions).hasSize(threads * each).isSorted().doesNotHaveDuplicates();
        for (int t = 0; t < threads; t++) {
            String prefix = t + " ";
            assertThat(texts.stream()
                            .filter(text -> text.startsWith(prefix))
                            .map(text -> Integer.parseInt(text.split(" ")[1])))
                    .hasSize(each)
                    .isSorted();
        }
    }

    @Test
    void recordsOfAnyLengthAndKindOfMemory() throws Exception {
        Random random = new Random(7);
        List<byte[]> appended = new ArrayList<>();
        try (LogWriter log = small(directory).open();
                Arena arena = Arena.ofConfined()) {
            int max = log.maxRecordSize();
            List<CompletableFuture<Long>> futures = new ArrayList<>();
            for (int length : new int[] {0, 1, 3, 4051, 4052, 4053, max - 1, max, 0, 0, 4096, 8192}) {
                byte[] record = new byte[length];
                random.nextBytes(record);
                for (int kind = 0; kind < 4; kind++) {
                    appended.add(record);
                    futures.add(
                            switch (kind) {
                                case 0 -> log.append(record);
                                case 1 -> log.append(ByteBuffer.wrap(record));
                                case 2 -> {
                                    ByteBuffer larger = ByteBuffer.allocateDirect(length + 9);
                                    larger.position(5).put(record).flip().position(5);
                                    yield log.append(larger.asReadOnlyBuffer());
                                }
                                default -> {
                                    MemorySegment memory = arena.allocate(Math.max(length, 1));
                                    MemorySegment.copy(record, 0, memory, ValueLayout.JAVA_BYTE, 0, length);
                                    yield log.append(memory.asSlice(0, length));
                                }
                            });
                }
            }
            futures.forEach(CompletableFuture::join);
            assertThatThrownBy(() -> log.append(new byte[max + 1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("bufferSize");
        }
        List<byte[]> found = new ArrayList<>();
        small(directory)
                .open((_, record) -> {
                    byte[] bytes = new byte[record.remaining()];
                    record.get(bytes);
                    found.add(bytes);
                    assertThat(record.isReadOnly()).isTrue();
                })
                .close();
        assertThat(found).usingElementComparator(Arrays::compare).containsExactlyElementsOf(appended);
    }

    @Test
    void manyEmptyRecordsAreBoundedToo() throws Exception {
        try (LogWriter log = LogWriter.builder(directory).segmentSize(4 << 20).open()) {
            CompletableFuture<?>[] all = new CompletableFuture<?>[200_000];
            Arrays.setAll(all, _ -> log.append(new byte[0]));
            CompletableFuture.allOf(all).join();
        }
        assertThat(records(LogWriter.builder(directory))).hasSize(200_000);
    }

    @Test
    void aReopenedLogContinuesAtItsEnd() throws Exception {
        for (int i = 0; i < 6; i++) {
            try (LogWriter log = small(directory).open()) {
                appendAlone(log, i * 10, i * 10 + 10);
            }
            assertThat(records(directory)).isEqualTo(names(0, i * 10 + 10));
        }
    }

    @Test
    void aReopenedLogContinuesWithOtherSizes() throws Exception {
        List<String> appended = new ArrayList<>();
        int[] blocks = {4096, 16384, 512, 65536, 4096};
        for (int i = 0; i < blocks.length; i++) {
            try (LogWriter log = LogWriter.builder(directory)
                    .segmentSize((i % 2 + 1) * (512 << 10))
                    .bufferSize(20_000 * (i + 1))
                    .blockSize(blocks[i])
                    .open()) {
                appendAlone(log, i * 20, i * 20 + 20);
                appended.addAll(names(i * 20, i * 20 + 20));
                String longest = "x".repeat(log.maxRecordSize());
                log.append(bytes(longest)).join();
                appended.add(longest);
            }
            assertThat(records(directory)).isEqualTo(appended);
        }
    }

    @Test
    void aClosedLogChangesNoFiles() throws Exception {
        LogWriter log = small(directory).open();
        appendAlone(log, 0, 40);
        long position = log.durableUpTo();
        log.close();
        try (LogWriter other = small(directory).open()) {
            assertThatThrownBy(() -> log.discardBefore(position)).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> log.reader(0).next()).isInstanceOf(IOException.class);
            assertThat(other.start()).isZero();
        }
        assertThat(records(directory)).isEqualTo(names(0, 40));
    }

    @Test
    void waitingAppendsShareOneGroup() throws Exception {
        try (LogWriter log = LogWriter.builder(directory).segmentSize(4 << 20).open()) {
            CompletableFuture<?>[] all = new CompletableFuture<?>[1000];
            Arrays.setAll(all, i -> log.append(bytes("x")));
            CompletableFuture.allOf(all).join();
            // A group of its own for each would be 1000 blocks.
            assertThat(log.durableUpTo()).isLessThan(1000 * 4096);
        }
    }

    @Test
    void theBeginningIsDiscardedAndItsFilesAreUsedAgain() throws Exception {
        try (LogWriter log = small(directory).open()) {
            List<Long> positions = appendAlone(log, 0, 100);
            long files = files();
            long from = positions.get(60);
            log.discardBefore(from);
            assertThat(log.start()).isPositive().isLessThanOrEqualTo(from);
            appendAlone(log, 100, 200);
            log.discardBefore(log.durableUpTo());
            appendAlone(log, 200, 300);
            log.discardBefore(log.durableUpTo());
            assertThat(files()).isLessThanOrEqualTo(files + 2);
            assertThatThrownBy(() -> log.reader(0)).hasMessageContaining("begins at position " + log.start());
            assertThatThrownBy(() -> log.discardBefore(log.durableUpTo() + 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        List<String> left = records(directory);
        assertThat(left).isNotEmpty().isEqualTo(names(300 - left.size(), 300));
    }

    private long files() throws IOException {
        try (var files = Files.list(directory)) {
            return files.count();
        }
    }

    @Test
    void replayBeginsAtThePositionOfASnapshot() throws Exception {
        List<Long> positions;
        try (LogWriter log = small(directory).open()) {
            positions = appendAlone(log, 0, 100);
        }
        for (int i : new int[] {0, 1, 30, 31, 99}) {
            assertThat(records(small(directory).replayFrom(positions.get(i)))).isEqualTo(names(i, 100));
            assertThat(records(small(directory).replayFrom(positions.get(i) + 1)))
                    .isEqualTo(names(i + 1, 100));
        }
        assertThatThrownBy(() -> small(directory).replayFrom(1 << 30).open())
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("ends at position");
    }

    @Test
    void aFollowerSeesWhatIsDurable() throws Exception {
        try (LogWriter log = small(directory).open();
                LogReader reader = log.reader(0)) {
            assertThat(reader.next()).isNull();
            List<String> seen = new ArrayList<>();
            for (int round = 0; round < 20; round++) {
                List<Long> positions = appendAlone(log, round * 7, round * 7 + 7);
                ByteBuffer record;
                while ((record = reader.next()) != null) {
                    seen.add(LogExample.text(record));
                }
                assertThat(reader.position()).isEqualTo(positions.getLast());
                assertThat(seen).isEqualTo(names(0, round * 7 + 7));
            }
            try (LogReader slow = log.reader(0)) {
                assertThat(slow.next()).isNotNull();
                log.discardBefore(log.durableUpTo());
                assertThatThrownBy(() -> {
                            while (slow.next() != null) {}
                        })
                        .isInstanceOf(FileSystemException.class)
                        .hasMessageContaining("was discarded");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void durableUpToGrowsAsTheDurabilityStates(LogDurability durability) throws Exception {
        try (LogWriter log = small(directory)
                .durability(durability)
                .syncInterval(Duration.ofMillis(20))
                .open()) {
            long before = log.durableUpTo();
            long position = log.append(bytes("one")).join();
            switch (durability) {
                case ALWAYS -> assertThat(log.durableUpTo()).isGreaterThan(position);
                case INTERVAL -> Await.until("the interval's sync", () -> log.durableUpTo() > position);
                case NONE -> {
                    assertThat(log.durableUpTo()).isEqualTo(before);
                    assertThat(log.sync().join()).isGreaterThan(position).isEqualTo(log.durableUpTo());
                }
            }
        }
    }

    @Test
    void closingCommitsWhatWasAppended() throws Exception {
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        LogWriter log = small(directory).open();
        for (int i = 0; i < 50; i++) {
            futures.add(log.append(bytes(LogFixture.name(i))));
        }
        log.close();
        log.close();
        assertThat(futures).allMatch(future -> future.isDone() && !future.isCompletedExceptionally());
        assertThat(log.append(bytes("late")))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(ClosedChannelException.class);
        assertThat(log.sync()).isCompletedExceptionally();
        assertThat(records(directory)).isEqualTo(names(0, 50));
    }

    @Test
    void aCallbackMayCloseTheLogAndThenItsDirectoryIsFree() throws Exception {
        LogWriter log = small(directory).open();
        CompletableFuture<Void> closed = log.append(bytes("last")).thenAccept(_ -> {
            try {
                log.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        closed.join();
        log.close();
        assertThat(records(directory)).containsExactly("last");
    }

    @Test
    void anAppendInACallbackIsRefusedIfThereIsNoRoom() throws Exception {
        try (LogWriter log = small(directory).open()) {
            CompletableFuture<Throwable> refusal = new CompletableFuture<>();
            LogThread.run(log, () -> {
                try {
                    while (true) {
                        log.append(new byte[1000]);
                    }
                } catch (IllegalStateException e) {
                    refusal.complete(e);
                }
            });
            assertThat(refusal.get(60, TimeUnit.SECONDS)).hasMessageContaining("another thread");
            log.append(bytes("after")).join();
        }
    }

    @Test
    void theRecordOfAnInterruptedAppendIsNotInTheLog() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        List<CompletableFuture<Long>> accepted = new ArrayList<>();
        try (LogWriter log = small(directory).open()) {
            LogThread.run(log, () -> awaitUninterruptibly(hold));
            AtomicReference<CompletableFuture<Long>> last = new AtomicReference<>();
            Thread appender = Thread.ofPlatform().start(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    CompletableFuture<Long> future = log.append(bytes("more".repeat(500)));
                    last.set(future);
                    accepted.add(future);
                }
            });
            Await.parked(appender);
            appender.interrupt();
            appender.join();
            assertThat(last.get())
                    .failsWithin(Duration.ofSeconds(60))
                    .withThrowableThat()
                    .withCauseInstanceOf(InterruptedIOException.class);
            accepted.removeLast();
            hold.countDown();
            accepted.forEach(CompletableFuture::join);
            log.append(bytes("end")).join();
        } finally {
            hold.countDown();
        }
        assertThat(records(directory))
                .endsWith("end")
                .areExactly(accepted.size(), new Condition<>(record -> record.startsWith("more"), "of the appender"));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void settingsThatMakeNoSenseAreRefusedWithWords() {
        LogWriter.Builder log = LogWriter.builder(directory);
        assertThatThrownBy(() -> log.segmentSize(1000)).hasMessageContaining("multiple of 4096: 1000");
        assertThatThrownBy(() -> log.bufferSize(1)).hasMessageContaining("from 4096 bytes to 1 GiB: 1");
        assertThatThrownBy(() -> log.blockSize(1000)).hasMessageContaining("power of two from 512 to 1 MiB: 1000");
        assertThatThrownBy(() -> log.maxSpares(-1)).hasMessageContaining("must not be negative: -1");
        assertThatThrownBy(() -> log.replayFrom(-1)).hasMessageContaining("must not be negative: -1");
        assertThatThrownBy(() -> log.syncInterval(Duration.ZERO)).hasMessageContaining("longer than zero: PT0S");
        assertThatThrownBy(() -> log.segmentSize(1 << 20).open()).hasMessageContaining("too small for a buffer");
        assertThatThrownBy(() -> log.segmentSize(4096 * 3).blockSize(8192).open())
                .hasMessageContaining("multiple of the block size");
        assertThatThrownBy(() -> LogWriter.builder(directory.resolve("a/b")).open())
                .isInstanceOf(IOException.class);
    }

    @Test
    void aHandlerThatThrowsLeavesTheLogClosed() throws Exception {
        try (LogWriter log = small(directory).open()) {
            appendAlone(log, 0, 3);
        }
        assertThatThrownBy(() -> small(directory).open((_, _) -> {
                    throw new IOException("not now");
                }))
                .hasMessage("not now");
        assertThatThrownBy(() -> small(directory).open((_, _) -> {
                    throw new StackOverflowError();
                }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(records(directory)).isEqualTo(names(0, 3));
    }
}
