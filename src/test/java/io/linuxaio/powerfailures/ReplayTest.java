package io.linuxaio.powerfailures;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.powerfailures.Expectation.Kind;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images after power failures, and their judgement. */
class ReplayTest {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private static Expectation expect(String disk, Kind kind, Guarantee guarantee, long acknowledged) {
        Map<Guarantee, Long> all = new EnumMap<>(Guarantee.class);
        for (Guarantee each : Guarantee.values()) {
            all.put(each, each == guarantee ? acknowledged : 0);
        }
        return new Expectation(disk, kind, 17, all);
    }

    private static List<String> found(String disk, Guarantee guarantee, String numbers) {
        return Arrays.stream(Guarantee.values())
                .map(each -> "GUEST found " + disk + " " + each + " " + (each == guarantee ? numbers : "none"))
                .toList();
    }

    @Test
    void anImageContainsTheBaseAndTheKeptWrites() throws IOException {
        Path base = directory.resolve("base");
        byte[] contents = new byte[300_032];
        Arrays.fill(contents, 200_000, 250_000, (byte) 5);
        Files.write(base, contents);
        WriteLog log = new LogBuilder()
                .write(1, LogBuilder.sectors(4, 7))
                .write(3, LogBuilder.sectors(1, 8))
                .add(400, 10, WriteLog.DISCARD)
                .flush()
                .write(1, LogBuilder.sectors(1, 9))
                .parse();
        PowerFailure failure = PowerFailure.choose(log, 4, 4, new Random(1));

        new DiskImage(base).writeTo(directory.resolve("image"), log, failure);

        Arrays.fill(contents, 512, 5 * 512, (byte) 7);
        Arrays.fill(contents, 3 * 512, 4 * 512, (byte) 8);
        Arrays.fill(contents, 400 * 512, 410 * 512, (byte) 0);
        assertThat(Files.readAllBytes(directory.resolve("image"))).isEqualTo(contents);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    DATA_SYNC      |   0 | none          |  0 | 0
                    DATA_SYNC      |   5 | 1-5           |  5 | 0
                    DATA_SYNC      |   5 | 1-6           |  5 | 0
                    DATA_SYNC      |   5 | 1-4           |  5 | 1
                    FLAG_DSYNC     |   5 | 1,3,5-6       |  5 | 2
                    SYNC           |  10 | 1-11          | 10 | 0
                    SYNC           |  10 | 2-10          | 10 | 1
                    SYNC           | 100 | 37-100        | 60 | 0
                    SYNC           | 100 | 41-104        | 60 | 0
                    SYNC           | 100 | 41-100        | 60 | 0
                    SYNC           | 100 | 41-99,36      | 60 | 1
                    SYNC           | 100 | 42-100        | 60 | 1
                    ATOMIC_REPLACE |   0 | none          |  0 | 0
                    ATOMIC_REPLACE |   7 | 7             |  1 | 0
                    ATOMIC_REPLACE |   7 | 8             |  1 | 0
                    ATOMIC_REPLACE |   7 | 6             |  1 | 1
                    ATOMIC_REPLACE |   7 | none          |  1 | 1
                    """)
    void missingRecordsAreLost(Guarantee guarantee, long acknowledged, String there, int required, int lost) {
        JudgeImages judge = new JudgeImages();

        judge.add(expect("r1-xfs", Kind.REPLAY, guarantee, acknowledged), found("r1-xfs", guarantee, there));

        assertThat(judge).hasToString("1 " + acknowledged + " " + required + " " + lost + " 0 0");
    }

    @Test
    void aDiskThatCannotBeMountedIsALoss() {
        JudgeImages judge = new JudgeImages();

        judge.add(expect("r1-xfs", Kind.REPLAY, Guarantee.SYNC, 0), found("r10-xfs", Guarantee.SYNC, "none"));

        assertThat(judge).hasToString("1 0 0 1 0 0");
    }

    @Test
    void controlsMustBeNoticedIfTheyAreNotHarmless() {
        JudgeImages judge = new JudgeImages();

        judge.add(expect("c1-xfs", Kind.CONTROL, Guarantee.SYNC, 3), found("c1-xfs", Guarantee.SYNC, "1-2"));
        judge.add(expect("c2-xfs", Kind.CONTROL, Guarantee.SYNC, 3), found("c2-xfs", Guarantee.SYNC, "1-3"));
        judge.add(expect("c3-xfs", Kind.HARMLESS_CONTROL, Guarantee.SYNC, 3), found("c3-xfs", Guarantee.SYNC, "1-3"));
        judge.add(expect("c4-xfs", Kind.CONTROL, Guarantee.SYNC, 3), List.of());

        assertThat(judge).hasToString("0 0 0 0 2 3");
    }

    @Test
    void anExpectationIsReadFromItsLine() {
        Expectation expected = expect("r1-ext4", Kind.REPLAY, Guarantee.ATOMIC_REPLACE, 9);

        assertThat(Expectation.parse(expected.format())).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"none", "3", "1-40", "1-2,4,6-100"})
    void numbersAreReadFromTheirText(String text) {
        assertThat(FoundRecords.format(FoundRecords.parse(text))).isEqualTo(text);
    }

    @Test
    void onlyWholeRecordsInTheirPlacesAreFound() throws IOException {
        byte[] first = block(new DurableRecord(Guarantee.SYNC, 65, 64));
        byte[] broken = block(new DurableRecord(Guarantee.SYNC, 66, 65));
        broken[4000]++;
        byte[] misplaced = block(new DurableRecord(Guarantee.SYNC, 1, 0));
        byte[] foreign = block(new DurableRecord(Guarantee.DATA_SYNC, 4, 3));
        write(Guarantee.SYNC, first, broken, misplaced, foreign, new byte[100]);

        assertThat(FoundRecords.read(directory, Guarantee.SYNC)).isEqualTo(numbers(65));
    }

    @Test
    void aReplacedFileIsWholeOrHasNoRecord() throws IOException {
        byte[] one = block(new DurableRecord(Guarantee.ATOMIC_REPLACE, 5, 4));
        byte[] other = block(new DurableRecord(Guarantee.ATOMIC_REPLACE, 6, 5));

        assertThat(FoundRecords.read(directory, Guarantee.ATOMIC_REPLACE)).isEqualTo(numbers());
        write(Guarantee.ATOMIC_REPLACE, one, one, one, one);
        assertThat(FoundRecords.read(directory, Guarantee.ATOMIC_REPLACE)).isEqualTo(numbers(5));
        write(Guarantee.ATOMIC_REPLACE, one, one, one, other);
        assertThat(FoundRecords.read(directory, Guarantee.ATOMIC_REPLACE)).isEqualTo(numbers());
        write(Guarantee.ATOMIC_REPLACE, one, one, one);
        assertThat(FoundRecords.read(directory, Guarantee.ATOMIC_REPLACE)).isEqualTo(numbers());
        write(Guarantee.ATOMIC_REPLACE, one, one, one, one, new byte[1]);
        assertThat(FoundRecords.read(directory, Guarantee.ATOMIC_REPLACE)).isEqualTo(numbers());
    }

    private static byte[] block(DurableRecord content) {
        byte[] block = new byte[DurableRecord.SIZE];
        content.writeTo(MemorySegment.ofArray(block), new Random(1));
        return block;
    }

    private void write(Guarantee guarantee, byte[]... parts) throws IOException {
        try (var file = Files.newOutputStream(directory.resolve(guarantee.name()))) {
            for (byte[] part : parts) {
                file.write(part);
            }
        }
    }

    private static BitSet numbers(int... numbers) {
        BitSet set = new BitSet();
        Arrays.stream(numbers).forEach(set::set);
        return set;
    }
}
