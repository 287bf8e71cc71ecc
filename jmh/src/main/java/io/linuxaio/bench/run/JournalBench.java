package io.linuxaio.bench.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.linuxaio.bench.DirectFile;
import io.linuxaio.bench.Journal;
import io.linuxaio.bench.JournalCase;
import io.linuxaio.bench.ResourceUsage;
import io.linuxaio.bench.linuxaio.PollerJournal;
import io.linuxaio.bench.peers.ArtemisJournal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A measurement of thread switches and processor time for each write of a journal with a polling thread. */
@Command(
        name = "journal",
        mixinStandardHelpOptions = true,
        description = "Writes of 4 KiB by one thread, acknowledged by a polling thread, 1 and 32 in flight, with and"
                + " without one fdatasync for each group: AioPoller and Artemis' JNI binding in turn, in one process.")
final class JournalBench implements Callable<Integer> {
    private static final int BLOCKS = 16_384;

    @Option(names = "--writes", paramLabel = "N", description = "In each turn. Default: ${DEFAULT-VALUE}.")
    int writes = 20_000;

    @Option(
            names = "--synced-writes",
            paramLabel = "N",
            description = "In each turn with fdatasync. Default: ${DEFAULT-VALUE}.")
    int syncedWrites = 4_000;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Writes before the first turn. Default: ${DEFAULT-VALUE}.")
    int warmUp = 100_000;

    @Option(names = "--rounds", paramLabel = "N", description = "How many turns each has. Default: ${DEFAULT-VALUE}.")
    int rounds = 7;

    @Mixin
    Places places = new Places();

    /** The way to write a journal. */
    private interface Opening {
        Journal open(JournalCase settings) throws Exception;
    }

    /** The result of one turn, for each write. */
    private record Turn(double switches, double processorMicros, double wallMicros) {}

    private final Map<String, Opening> ways = new LinkedHashMap<>();

    @Override
    public Integer call() throws Exception {
        if (writes < 1 || syncedWrites < 1 || warmUp < 1 || rounds < 1) {
            throw new BenchException("--writes, --synced-writes, --warm-up and --rounds must be at least 1");
        }
        ways.put("aio-poller", PollerJournal::new);
        ways.put("artemis-jni", ArtemisJournal::open);
        Path place = places.files();
        Path file = place.resolve("journal.dat");
        ResultsFile results = places.results();
        results.add(Rounds.start("journal-start"));
        try {
            DirectFile.prefill(file, false, (long) BLOCKS * JournalCase.BLOCK);
            // Until the compilers have nothing left to do.
            for (Opening way : ways.values()) {
                measure(way, new JournalCase(file, BLOCKS, 32, false), warmUp);
            }
            System.out.printf("| in flight | fdatasync | writer | switches | processor µs | wall µs |%n"
                    + "|---|---|---|---|---|---|%n");
            for (boolean syncs : new boolean[] {false, true}) {
                for (int inFlight : new int[] {1, 32}) {
                    compare(new JournalCase(file, BLOCKS, inFlight, syncs), results);
                }
            }
        } finally {
            Files.deleteIfExists(file);
        }
        System.err.println("bench: medians of " + rounds + " turns; results are in " + results.directory());
        return 0;
    }

    private void compare(JournalCase settings, ResultsFile results) throws Exception {
        Map<String, List<Turn>> turns = new LinkedHashMap<>();
        for (int round = 1; round <= rounds; round++) {
            for (Map.Entry<String, Opening> way : ways.entrySet()) {
                Turn turn = measure(way.getValue(), settings, 1000);
                turns.computeIfAbsent(way.getKey(), _ -> new ArrayList<>()).add(turn);
                results.add(line(way.getKey(), settings, turn).put("round", round));
            }
        }
        turns.forEach((name, all) -> print(line(name, settings, median(all))));
    }

    private static Turn median(List<Turn> all) {
        return new Turn(
                Turns.median(all, Turn::switches),
                Turns.median(all, Turn::processorMicros),
                Turns.median(all, Turn::wallMicros));
    }

    private static ObjectNode line(String name, JournalCase settings, Turn turn) {
        return Json.object()
                .put("type", "journal")
                .put("writer", name)
                .put("in_flight", settings.inFlight())
                .put("fdatasync", settings.syncs())
                .put("switches", turn.switches())
                .put("processor_us", turn.processorMicros())
                .put("wall_us", turn.wallMicros());
    }

    private static void print(ObjectNode line) {
        System.out.printf(
                "| %d | %s | %s | %.2f | %.2f | %.1f |%n",
                line.path("in_flight").asInt(),
                line.path("fdatasync").asBoolean() ? "grouped" : "none",
                line.path("writer").asText(),
                line.path("switches").asDouble(),
                line.path("processor_us").asDouble(),
                line.path("wall_us").asDouble());
    }

    private Turn measure(Opening way, JournalCase settings, int warmUp) throws Exception {
        int count = settings.syncs() ? syncedWrites : writes;
        try (Journal journal = way.open(settings)) {
            journal.writeAll(warmUp);
            long switches = voluntarySwitches();
            ResourceUsage start = ResourceUsage.now();
            journal.writeAll(count);
            ResourceUsage used = ResourceUsage.now().since(start);
            switches = voluntarySwitches() - switches;
            return new Turn(
                    (double) switches / count, used.processorNanos() / 1e3 / count, used.wallNanos() / 1e3 / count);
        }
    }

    /** Returns the sum over all threads of this process. */
    private static long voluntarySwitches() throws IOException {
        long sum = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                sum += voluntarySwitches(task);
            }
        }
        return sum;
    }

    private static long voluntarySwitches(Path task) {
        try {
            return Files.readAllLines(task.resolve("status")).stream()
                    .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        } catch (NoSuchFileException ended) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
