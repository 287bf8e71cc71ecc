package io.linuxaio.bench.run;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioSubmitMode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A measurement of the time of a call of write() if the kernel would block the caller. */
@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        description = "How long the thread that submits spends in AioFile.write: writes that append to a file, while"
                + " another context keeps the disk busy; AioSubmitMode.MAY_BLOCK and NON_BLOCKING in turn.")
final class SubmitBench implements Callable<Integer> {
    private static final int BLOCK = 1 << 20;
    private static final int DEPTH = 8;
    private static final int MAX_DEPTH = 64;

    @Option(names = "--writes", paramLabel = "N", description = "Of 1 MiB, in each turn. Default: ${DEFAULT-VALUE}.")
    int writes = 750;

    @Option(names = "--rounds", paramLabel = "N", description = "How many turns each has. Default: ${DEFAULT-VALUE}.")
    int rounds = 3;

    @Mixin
    Places places = new Places();

    /** The result of one turn: nanoseconds of each call, and seconds of all. */
    private record Turn(long[] calls, double seconds) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (writes < 1 || rounds < 1) {
            throw new BenchException("--writes and --rounds must be at least 1");
        }
        Path place = places.files();
        long wanted = (writes + BusyDisk.BLOCKS) * (long) BLOCK;
        if (Files.getFileStore(place).getUsableSpace() < wanted + wanted / 10) {
            throw new BenchException(place + " has no room for " + (wanted >> 20) + " MiB; --directory or --writes");
        }
        ResultsFile results = places.results();
        ObjectNode start = Rounds.start("submit-start");
        results.add(start);
        Map<AioSubmitMode, List<Turn>> turns = new EnumMap<>(AioSubmitMode.class);
        try (BusyDisk busy = new BusyDisk(place.resolve("submit-busy.dat"))) {
            // The first turn of each warms the JVM up and is not counted.
            for (int round = 0; round <= rounds; round++) {
                for (AioSubmitMode how : AioSubmitMode.values()) {
                    Turn turn = append(place.resolve("submit-append.dat"), how, round == 0 ? DEPTH * 8 : writes);
                    busy.requireAlive();
                    if (round > 0) {
                        turns.computeIfAbsent(how, key -> new ArrayList<>()).add(turn);
                        results.add(line(how, round, turn.calls(), turn.seconds()));
                    }
                }
            }
        }
        System.out.printf("| submission | writes | median µs | p99 µs | max µs | MB/s |%n|---|---|---|---|---|---|%n");
        turns.forEach((how, all) -> print(line(
                how,
                0,
                all.stream().flatMapToLong(turn -> Arrays.stream(turn.calls())).toArray(),
                all.stream().mapToDouble(Turn::seconds).sum())));
        System.out.println("load " + start.path("load") + ", processors busy by others "
                + Math.round(100 * start.path("busy").asDouble()) + " % before it began");
        System.err.println("bench: results are in " + results.directory());
        return 0;
    }

    private static void print(ObjectNode line) {
        System.out.printf(
                "| %s | %d | %.1f | %.1f | %.1f | %.0f |%n",
                line.path("submission").asText(),
                line.path("writes").asInt(),
                line.path("median_us").asDouble(),
                line.path("p99_us").asDouble(),
                line.path("max_us").asDouble(),
                line.path("mb_per_s").asDouble());
    }

    private static ObjectNode line(AioSubmitMode how, int round, long[] calls, double seconds) {
        long[] sorted = calls.clone();
        Arrays.sort(sorted);
        return Json.object()
                .put("type", "submit")
                .put("submission", how.name())
                .put("round", round)
                .put("writes", sorted.length)
                .put("median_us", sorted[sorted.length / 2] / 1e3)
                .put("p99_us", sorted[(int) (sorted.length * 99L / 100)] / 1e3)
                .put("max_us", sorted[sorted.length - 1] / 1e3)
                .put("mb_per_s", sorted.length * (double) BLOCK / 1e6 / seconds);
    }

    private static Turn append(Path path, AioSubmitMode how, int count) throws IOException {
        Files.deleteIfExists(path);
        long[] calls = new long[count];
        // Deeper than what is in flight: the time is the system call's, not a full queue's.
        try (AioContext context = AioContext.builder()
                        .queueDepth(MAX_DEPTH)
                        .submission(how)
                        .open();
                AioArena arena = AioArena.ofShared();
                AioFile file = context.open(path, WRITE, CREATE)) {
            MemorySegment block = arena.allocate(BLOCK);
            ArrayDeque<CompletableFuture<Integer>> inFlight = new ArrayDeque<>();
            long began = System.nanoTime();
            for (int i = 0; i < count; i++) {
                long before = System.nanoTime();
                inFlight.add(file.write(block, (long) i * BLOCK));
                calls[i] = System.nanoTime() - before;
                if (inFlight.size() == DEPTH) {
                    inFlight.remove().join();
                }
            }
            inFlight.forEach(CompletableFuture::join);
            double seconds = (System.nanoTime() - began) / 1e9;
            if (file.size() != (long) count * BLOCK) {
                throw new IllegalStateException(path + " has " + file.size() + " bytes");
            }
            return new Turn(calls, seconds);
        } finally {
            Files.deleteIfExists(path);
        }
    }
}
