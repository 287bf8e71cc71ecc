package io.linuxaio.powerfailures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * Compares the records that guests found with those that had to be there: EXPECTATIONS FOUND. Prints the numbers of
 * replays, of acknowledged records, of those that had to be there and of lost ones, of controls that were noticed, and of
 * controls. Losses go to stderr.
 */
final class JudgeImages {
    private long replays;
    private long acknowledged;
    private long required;
    private long lost;
    private long noticed;
    private long controls;

    public static void main(String[] args) throws IOException {
        JudgeImages judge = new JudgeImages();
        List<String> found = Files.readAllLines(Path.of(args[1]));
        try (Stream<String> lines = Files.lines(Path.of(args[0]))) {
            lines.map(Expectation::parse).forEach(each -> judge.add(each, found));
        }
        System.out.println(judge);
    }

    /**
     * Adds a disk.
     *
     * @param found lines of {@link ReadRecords}, of any disks
     */
    void add(Expectation expected, List<String> found) {
        long lostHere = 0;
        String disk = "GUEST found " + expected.disk() + " ";
        if (found.stream().noneMatch(line -> line.startsWith(disk))) {
            if (expected.kind() == Expectation.Kind.REPLAY) {
                System.err.printf(
                        "%s, power failed before entry %d: the filesystem could not be mounted%n",
                        expected.disk(), expected.entry());
            }
            // Even if nothing was acknowledged.
            lostHere = 1;
        }
        for (Guarantee guarantee : Guarantee.values()) {
            long last = expected.acknowledged().get(guarantee);
            BitSet there = find(disk + guarantee + " ", found);
            int missing = guarantee.countLost(last, there);
            lostHere += missing;
            if (expected.kind() == Expectation.Kind.REPLAY && missing > 0) {
                System.err.printf(
                        "%s, power failed before entry %d: %s: %d of %d acknowledged records are lost, there are %s%n",
                        expected.disk(), expected.entry(), guarantee, missing, last, FoundRecords.format(there));
            }
        }
        switch (expected.kind()) {
            case REPLAY -> {
                replays++;
                acknowledged += expected.countAcknowledged();
                required += expected.countRequired();
                lost += lostHere;
            }
            case CONTROL -> {
                controls++;
                noticed += lostHere > 0 ? 1 : 0;
            }
            case HARMLESS_CONTROL -> {}
        }
    }

    // Nothing is found on a disk that could not be mounted.
    private static BitSet find(String prefix, List<String> found) {
        return found.stream()
                .filter(line -> line.startsWith(prefix))
                .findFirst()
                .map(line -> FoundRecords.parse(line.substring(prefix.length())))
                .orElseGet(BitSet::new);
    }

    @Override
    public String toString() {
        return "%d %d %d %d %d %d".formatted(replays, acknowledged, required, lost, noticed, controls);
    }
}
