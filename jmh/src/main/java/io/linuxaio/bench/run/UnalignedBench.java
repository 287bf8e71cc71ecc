package io.linuxaio.bench.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.bench.DirectFile;
import io.linuxaio.bench.ResourceUsage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A measurement of reads of any position and length, beside aligned reads of the blocks that hold them. */
@Command(
        name = "unaligned",
        mixinStandardHelpOptions = true,
        description =
                "Random reads of an open file, one thread: aligned ones of 4 KiB, and readFullyAsync of 3,072 bytes"
                        + " at odd positions, in turn, in one process.")
final class UnalignedBench implements Callable<Integer> {
    private static final int BLOCK = 4096;

    /** Vectors of 768 floats. */
    private static final int LENGTH = 3072;

    private static final long FILE_SIZE = 1L << 30;

    @Option(names = "--reads", paramLabel = "N", description = "In each turn. Default: ${DEFAULT-VALUE}.")
    int reads = 100_000;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Reads of each kind before the first turn. Default: ${DEFAULT-VALUE}.")
    int warmUp = 200_000;

    @Option(names = "--depth", paramLabel = "N", description = "Reads in flight. Default: ${DEFAULT-VALUE}.")
    int depth = 64;

    @Option(names = "--rounds", paramLabel = "N", description = "How many turns each has. Default: ${DEFAULT-VALUE}.")
    int rounds = 7;

    @Mixin
    Places places = new Places();

    /** A kind of read: starts one that fills a buffer. */
    private interface Reading {
        CompletableFuture<?> start(AioFile file, MemorySegment buffer, SplittableRandom random);
    }

    /** The result of one turn, for each read. */
    private record Turn(double processorMicros, double wallMicros, double bytes) {}

    @Override
    public Integer call() throws Exception {
        if (reads < 1 || warmUp < 1 || rounds < 1 || depth < 1) {
            throw new BenchException("--reads, --warm-up, --depth and --rounds must be at least 1");
        }
        Map<String, Reading> kinds = new LinkedHashMap<>();
        kinds.put("read, aligned, 4096 bytes", UnalignedBench::aligned);
        kinds.put("readFullyAsync, 3072 bytes", UnalignedBench::unaligned);
        Path place = places.files();
        Path path = place.resolve("unaligned.dat");
        ResultsFile results = places.results();
        results.add(Rounds.start("unaligned-start"));
        try {
            DirectFile.prefill(path, false, FILE_SIZE);
            measure(path, kinds, results);
        } finally {
            Files.deleteIfExists(path);
        }
        System.err.println("bench: medians of " + rounds + " turns; results are in " + results.directory());
        return 0;
    }

    private static CompletableFuture<?> aligned(AioFile file, MemorySegment buffer, SplittableRandom random) {
        return file.read(buffer, random.nextLong(FILE_SIZE / BLOCK) * BLOCK);
    }

    private static CompletableFuture<?> unaligned(AioFile file, MemorySegment buffer, SplittableRandom random) {
        return file.readFullyAsync(buffer.asSlice(0, LENGTH), random.nextLong(FILE_SIZE - LENGTH) | 1);
    }

    private void measure(Path path, Map<String, Reading> kinds, ResultsFile results) throws IOException {
        try (AioContext context = AioContext.builder().queueDepth(depth).open();
                AioFile file = context.open(path, StandardOpenOption.READ);
                AioArena arena = AioArena.ofShared()) {
            MemorySegment[] buffers = new MemorySegment[depth];
            for (int i = 0; i < depth; i++) {
                buffers[i] = arena.allocate(BLOCK);
            }
            Map<String, List<Turn>> turns = new LinkedHashMap<>();
            SplittableRandom random = new SplittableRandom(1);
            for (Reading kind : kinds.values()) {
                readAll(kind, file, buffers, random, warmUp);
            }
            for (int round = 1; round <= rounds; round++) {
                for (Map.Entry<String, Reading> kind : kinds.entrySet()) {
                    Turn turn = readAll(kind.getValue(), file, buffers, random, reads);
                    turns.computeIfAbsent(kind.getKey(), _ -> new ArrayList<>()).add(turn);
                    results.add(line(kind.getKey(), turn).put("round", round));
                }
            }
            System.out.printf(
                    "| %d in flight | processor µs | wall µs | bytes allocated |%n|---|---|---|---|%n", depth);
            turns.forEach((name, all) -> print(line(name, median(all))));
        }
    }

    /** Keeps as many reads in flight as there are buffers. */
    private static Turn readAll(
            Reading kind, AioFile file, MemorySegment[] buffers, SplittableRandom random, int count) {
        ResourceUsage start = ResourceUsage.now();
        CompletableFuture<?>[] inFlight = new CompletableFuture<?>[buffers.length];
        for (int i = 0; i < count; i++) {
            int slot = i % buffers.length;
            if (inFlight[slot] != null) {
                inFlight[slot].join();
            }
            inFlight[slot] = kind.start(file, buffers[slot], random);
        }
        for (CompletableFuture<?> read : inFlight) {
            if (read != null) {
                read.join();
            }
        }
        ResourceUsage used = ResourceUsage.now().since(start);
        return new Turn(
                used.processorNanos() / 1e3 / count,
                used.wallNanos() / 1e3 / count,
                (double) used.allocatedBytes() / count);
    }

    private static Turn median(List<Turn> all) {
        return new Turn(
                Turns.median(all, Turn::processorMicros),
                Turns.median(all, Turn::wallMicros),
                Turns.median(all, Turn::bytes));
    }

    private ObjectNode line(String name, Turn turn) {
        return Json.object()
                .put("type", "unaligned")
                .put("kind", name)
                .put("in_flight", depth)
                .put("processor_us", turn.processorMicros())
                .put("wall_us", turn.wallMicros())
                .put("allocated_bytes", turn.bytes());
    }

    private static void print(ObjectNode line) {
        System.out.printf(
                "| %s | %.2f | %.2f | %.0f |%n",
                line.path("kind").asText(),
                line.path("processor_us").asDouble(),
                line.path("wall_us").asDouble(),
                line.path("allocated_bytes").asDouble());
    }
}
