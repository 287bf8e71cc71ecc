package io.linuxaio.log;

import static io.linuxaio.log.LogFixture.appendAlone;
import static io.linuxaio.log.LogFixture.bytes;
import static io.linuxaio.log.LogFixture.names;
import static io.linuxaio.log.LogFixture.records;
import static io.linuxaio.log.LogFixture.small;
import static io.linuxaio.log.RecoveryFixture.base;
import static io.linuxaio.log.RecoveryFixture.flip;
import static io.linuxaio.log.RecoveryFixture.segments;
import static io.linuxaio.log.RecoveryFixture.zero;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Torn tails are cut, damage before them is refused, and nothing else is lost. */
@OnRealKernel
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class RecoveryIT {
    private static final int BLOCK = 512;
    private static final int TINY_SEGMENT = 8192;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private LogWriter.Builder tiny() {
        return LogWriter.builder(directory)
                .segmentSize(TINY_SEGMENT)
                .bufferSize(4096)
                .blockSize(BLOCK)
                .maxSpares(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLogCutAtAnyByteOfItsLastRecordsHasThoseBefore(boolean garbage) throws Exception {
        List<Long> positions;
        try (LogWriter log = tiny().segmentSize(16384).open()) {
            positions = appendAlone(log, 0, 8);
            // A group of several blocks.
            positions = new ArrayList<>(positions);
            positions.add(log.append(bytes("long".repeat(300))).join());
        }
        Path segment = segments(directory).getLast();
        byte[] whole = Files.readAllBytes(segment);
        int first = (int) (positions.get(5) - Group.HEADER);
        int end = (int) (positions.get(8) + Group.PREFIX + 1200);
        byte[] noise = RecoveryFixture.random(whole.length - first, 42);
        List<String> all = new ArrayList<>(names(0, 8));
        all.add("long".repeat(300));
        try (RecoveryFixture fixture = new RecoveryFixture(directory)) {
            // From the end on: what is cut stays cut.
            for (int cut = end; cut >= first; cut--) {
                if (garbage) {
                    RecoveryFixture.write(segment, cut, Arrays.copyOfRange(noise, cut - first, noise.length));
                } else {
                    zero(segment, cut, whole.length);
                }
                int at = cut;
                long there = IntStream.range(0, 9)
                        .filter(i -> end(whole, i, all) <= at)
                        .count();
                assertThat(fixture.recover()).as("cut at %d", cut).isEqualTo(all.subList(0, (int) there));
            }
        }
        try (LogWriter log = tiny().open()) {
            appendAlone(log, 100, 103);
        }
        List<String> expected = new ArrayList<>(names(0, 5));
        expected.addAll(names(100, 103));
        assertThat(records(tiny())).isEqualTo(expected);
    }

    private static long end(byte[] whole, int index, List<String> all) {
        return SegmentHeader.MIN_BLOCK
                + (long) index * BLOCK
                + Group.HEADER
                + Group.PREFIX
                + all.get(index).length();
    }

    @Test
    void aBitThatFlipsAnywhereIsFoundOrHarmless() throws Exception {
        List<Long> positions;
        try (LogWriter log = tiny().open()) {
            positions = appendAlone(log, 0, 13);
        }
        assertThat(segments(directory)).hasSize(2);
        int torn = 0;
        int refused = 0;
        int harmless = 0;
        try (RecoveryFixture fixture = new RecoveryFixture(directory)) {
            for (Path segment : segments(directory)) {
                for (int at = 0; at < TINY_SEGMENT; at++) {
                    flip(segment, at);
                    long position = base(segment) + at;
                    int hit = -1;
                    for (int i = 0; i < positions.size(); i++) {
                        long record = positions.get(i);
                        if (position >= record - Group.HEADER
                                && position
                                        < record
                                                + Group.PREFIX
                                                + LogFixture.name(i).length()) {
                            hit = i;
                        }
                    }
                    if (at < 64 || hit >= 0 && hit < positions.size() - 1) {
                        LogCorruptException damage = catchThrowableOfType(LogCorruptException.class, fixture::recover);
                        assertThat(damage).as("byte %d of %s", at, segment).isNotNull();
                        assertThat(damage.path()).isEqualTo(segment);
                        assertThat(damage.position())
                                .isEqualTo(at < 64 ? base(segment) : positions.get(hit) - Group.HEADER);
                        assertThat(damage).hasMessageContaining("truncateAt(" + damage.position() + ")");
                        refused++;
                    } else {
                        assertThat(fixture.recover())
                                .as("byte %d of %s", at, segment)
                                .isEqualTo(names(0, hit < 0 ? 13 : 12));
                        torn += hit < 0 ? 0 : 1;
                        harmless += hit < 0 ? 1 : 0;
                    }
                    flip(segment, at);
                }
            }
            assertThat(fixture.recover()).isEqualTo(names(0, 13));
        }
        assertThat(List.of(torn, refused, harmless)).allMatch(count -> count > 50);
    }

    @Test
    void aGroupOfWhichTheFirstBlocksAreLostIsATornTail() throws Exception {
        long last;
        try (LogWriter log = small(directory).open()) {
            appendAlone(log, 0, 3);
            last = log.append(new byte[12_000]).join();
        }
        zero(segments(directory).getLast(), last - Group.HEADER, last - Group.HEADER + 4096);
        assertThat(records(directory)).isEqualTo(names(0, 3));
    }

    @Test
    void groupsThatNoSyncCoveredMayBeMissingInAnyOrderAndNeverComeBack() throws Exception {
        List<Long> lost;
        try (LogWriter log = small(directory).durability(LogDurability.NONE).open()) {
            appendAlone(log, 0, 3);
            log.sync().join();
            lost = appendAlone(log, 3, 6);
        }
        long first = lost.getFirst() - Group.HEADER;
        zero(segments(directory).getLast(), first, first + 4096);
        assertThat(records(directory)).isEqualTo(names(0, 3));
        // By one record longer each time: the end comes to lie before each of the groups that are still in the file.
        List<String> expected = new ArrayList<>(names(0, 3));
        for (int i = 10; i < 14; i++) {
            try (LogWriter log = small(directory).open()) {
                appendAlone(log, i, i + 1);
            }
            expected.add(LogFixture.name(i));
            assertThat(records(directory)).isEqualTo(expected);
        }
    }

    @Test
    void aGapInSyncedRecordsIsRefused() throws Exception {
        List<Long> positions;
        try (LogWriter log = small(directory).open()) {
            positions = appendAlone(log, 0, 6);
        }
        long at = positions.get(3) - Group.HEADER;
        zero(segments(directory).getLast(), at, at + 4096);
        LogCorruptException damage = catchThrowableOfType(LogCorruptException.class, () -> records(directory));
        assertThat(damage.position()).isEqualTo(at);
        assertThat(damage.offset()).isEqualTo(at - base(segments(directory).getLast()));
        assertThat(damage.path()).isEqualTo(segments(directory).getLast());
    }

    @Test
    void theOldRecordsOfARecycledSegmentAreNotRead() throws Exception {
        try (LogWriter log = small(directory).open()) {
            for (int round = 0; round < 8; round++) {
                appendAlone(log, round * 15, round * 15 + 15);
                log.discardBefore(log.durableUpTo());
            }
        }
        assertThat(records(directory)).isEqualTo(names(120 - records(directory).size(), 120));
    }

    @Test
    void aSpareOfAnEarlierLogIsNotRead() throws Exception {
        try (LogWriter log = small(directory).open()) {
            appendAlone(log, 0, 40);
            log.discardBefore(log.durableUpTo());
        }
        for (Path segment : segments(directory)) {
            Files.delete(segment);
        }
        try (var files = Files.list(directory)) {
            assertThat(files.filter(file -> file.toString().endsWith(".spare"))).isNotEmpty();
        }
        assertThat(records(directory)).isEmpty();
        try (LogWriter log = small(directory).open()) {
            assertThat(log.start()).isZero();
            appendAlone(log, 100, 101);
        }
        assertThat(records(directory)).isEqualTo(names(100, 101));
    }

    @Test
    void aDamagedLogIsTruncatedWhereTheOperatorSays() throws Exception {
        List<Long> positions;
        try (LogWriter log = small(directory).open()) {
            positions = appendAlone(log, 0, 60);
        }
        int segments = segments(directory).size();
        long at = positions.get(20) - Group.HEADER;
        try (RecoveryFixture fixture = new RecoveryFixture(directory)) {
            Path segment = fixture.segmentOf(at);
            flip(segment, at - base(segment) + Group.HEADER + 5);
        }
        assertThatThrownBy(() -> small(directory).truncateAt(at + 1).open())
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("truncateAt(" + at + ")");
        assertThat(segments(directory)).hasSize(segments);

        assertThat(records(small(directory).truncateAt(at))).isEqualTo(names(0, 20));
        try (var files = Files.list(directory)) {
            assertThat(files.filter(file -> file.toString().endsWith(".cut"))).hasSize(segments - 2);
        }
        assertThat(records(directory)).isEqualTo(names(0, 20));
        try (LogWriter log = small(directory).open()) {
            assertThat(appendAlone(log, 20, 40)).allMatch(position -> position > at);
        }
        assertThat(records(small(directory).truncateAt(at))).isEqualTo(names(0, 40));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aDamagedHeaderIsRefusedAndTheRecordsBeforeItCanBeKept(int index) throws Exception {
        try (LogWriter log = small(directory).open()) {
            appendAlone(log, 0, 60);
        }
        Path segment = segments(directory).get(index);
        assertThat(segments(directory)).hasSize(4);
        zero(segment, 0, 4096);
        LogCorruptException damage = catchThrowableOfType(LogCorruptException.class, () -> records(directory));
        assertThat(damage.path()).isEqualTo(segment);
        assertThat(damage.position()).isEqualTo(base(segment));
        assertThat(damage).hasMessageContaining("header");
        List<String> kept = records(small(directory).truncateAt(damage.position()));
        assertThat(kept).isEqualTo(names(0, kept.size())).hasSize(15 * index);
        try (LogWriter log = small(directory).open()) {
            appendAlone(log, kept.size(), kept.size() + 20);
        }
        assertThat(records(directory)).isEqualTo(names(0, kept.size() + 20));
    }

    @Test
    void aMissingSegmentIsRefused() throws Exception {
        try (LogWriter log = small(directory).open()) {
            appendAlone(log, 0, 60);
        }
        Path segment = segments(directory).get(2);
        Files.delete(segment);
        LogCorruptException damage = catchThrowableOfType(LogCorruptException.class, () -> records(directory));
        assertThat(damage.path()).isEqualTo(segment);
        assertThat(damage).hasMessageContaining("missing");
        assertThat(records(small(directory).truncateAt(damage.position()))).isEqualTo(names(0, 30));
    }

    @Test
    void aSegmentOfAnotherLengthOrNameIsRefused() throws Exception {
        try (LogWriter log = small(directory).open()) {
            appendAlone(log, 0, 40);
        }
        Path segment = segments(directory).get(1);
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            channel.truncate(50_000);
        }
        assertThatThrownBy(() -> records(directory))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("50000 bytes of 65536");
        Files.copy(segments(directory).getFirst(), segment, StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> records(directory))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("not the one of its name");
        Files.write(segment, new byte[10]);
        assertThatThrownBy(() -> records(directory)).isInstanceOf(LogCorruptException.class);
    }

    @Test
    void aNewerFormatIsRefused() throws Exception {
        try (LogWriter log = small(directory).open()) {
            appendAlone(log, 0, 20);
        }
        Path segment = segments(directory).getLast();
        byte[] header = RecoveryFixture.read(segment, 0, 64);
        header[8] = 2;
        CRC32C crc = new CRC32C();
        crc.update(header, 0, 12);
        crc.update(header, 16, 48);
        MemorySegment.ofArray(header).set(Layout.INT, 12, (int) crc.getValue());
        RecoveryFixture.write(segment, 0, header);
        assertThatThrownBy(() -> records(directory))
                .isInstanceOfSatisfying(
                        LogVersionException.class, e -> assertThat(e.version()).isEqualTo(2))
                .hasMessageContaining("format version 2")
                .hasMessageContaining("up to version 1");
    }

    @Test
    void filesOfOthersAndUnfinishedSparesAreNoSegments() throws Exception {
        Files.write(directory.resolve("0000000000000001.log.bak"), new byte[1]);
        Files.write(directory.resolve("notes.log"), new byte[1]);
        Files.write(directory.resolve("half.spare"), new byte[1000]);
        try (LogWriter log = small(directory).open()) {
            appendAlone(log, 0, 20);
        }
        assertThat(records(directory)).isEqualTo(names(0, 20));
        assertThat(directory.resolve("half.spare")).doesNotExist();
        assertThat(directory.resolve("notes.log")).exists();
    }

    @Test
    void aLogOpenedWhileAnotherIsAppendingSeesNothingOfIt() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (LogWriter log = small(directory).open()) {
            CompletableFuture<IOException> refusal = CompletableFuture.supplyAsync(() -> {
                go.countDown();
                return catchThrowableOfType(IOException.class, () -> records(directory));
            });
            go.await();
            appendAlone(log, 0, 20);
            assertThat(refusal.join()).hasMessageContaining("open already in this process");
            appendAlone(log, 20, 30);
        }
        assertThat(records(directory)).isEqualTo(names(0, 30));
    }
}
