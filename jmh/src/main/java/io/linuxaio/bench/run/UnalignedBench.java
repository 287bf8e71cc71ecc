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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A measurement of reads of any position and length, beside aligned reads, and beside those with a copy of the bytes. */
@Command(
        name = "unaligned",
        mixinStandardHelpOptions = true,
        description =
                "Random reads of an open file, one thread: aligned ones of 4 KiB, the same with a copy of 3,072 bytes,"
                        + " and readFullyAsync of 3,072 bytes at odd positions, in turn, in one process.")
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

    /** A block for aligned reads, and memory for the bytes of others. */
    private record Buffer(MemorySegment block, MemorySegment vector) {
        static Buffer in(AioArena arena) {
            return new Buffer(arena.allocate(BLOCK), arena.allocate(BLOCK).asSlice(0, LENGTH));
        }
    }

    /** A kind of read. */
    private enum Kind {
        ALIGNED("read, aligned, 4096 bytes") {
            @Override
            CompletableFuture<?> start(AioFile file, Buffer buffer, SplittableRandom random) {
                return file.read(buffer.block(), random.nextLong(FILE_SIZE / BLOCK) * BLOCK);
            }
        },

        /** With the copy that no library can do without: the kernel fills an aligned block, not the caller's memory. */
        ALIGNED_AND_COPIED("read, aligned, and a copy of 3072 bytes") {
            @Override
            CompletableFuture<?> start(AioFile file, Buffer buffer, SplittableRandom random) {
                return ALIGNED.start(file, buffer, random);
            }

            @Override
            void end(Buffer buffer) {
                MemorySegment.copy(buffer.block(), 1, buffer.vector(), 0, LENGTH);
            }
        },

        UNALIGNED("readFullyAsync, 3072 bytes") {
            @Override
            CompletableFuture<?> start(AioFile file, Buffer buffer, SplittableRandom random) {
                return file.readFullyAsync(buffer.vector(), random.nextLong(FILE_SIZE - LENGTH) | 1);
            }
        };

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        /** Starts a read. */
        abstract CompletableFuture<?> start(AioFile file, Buffer buffer, SplittableRandom random);

        /** Takes the result of a read that has completed. */
        void end(Buffer buffer) {}
    }

    /** The result of one turn, for each read. */
    private record Turn(double processorMicros, double wallMicros, double bytes) {}

    @Override
    public Integer call() throws Exception {
        if (reads < 1 || warmUp < 1 || rounds < 1 || depth < 1) {
            throw new BenchException("--reads, --warm-up, --depth and --rounds must be at least 1");
        }
        Path place = places.files();
        Path path = place.resolve("unaligned.dat");
        ResultsFile results = places.results();
        results.add(Rounds.start("unaligned-start"));
        try {
            DirectFile.prefill(path, false, FILE_SIZE);
            measure(path, results);
        } finally {
            Files.deleteIfExists(path);
        }
        System.err.println("bench: medians of " + rounds + " turns; results are in " + results.directory());
        return 0;
    }

    private void measure(Path path, ResultsFile results) throws IOException {
        try (AioContext context = AioContext.builder().queueDepth(depth).open();
                AioFile file = context.open(path, StandardOpenOption.READ);
                AioArena arena = AioArena.ofShared()) {
            Buffer[] buffers = new Buffer[depth];
            for (int i = 0; i < depth; i++) {
                buffers[i] = Buffer.in(arena);
            }
            Map<Kind, List<Turn>> turns = new EnumMap<>(Kind.class);
            SplittableRandom random = new SplittableRandom(1);
            for (Kind kind : Kind.values()) {
                readAll(kind, file, buffers, random, warmUp);
            }
            for (int round = 1; round <= rounds; round++) {
                for (Kind kind : Kind.values()) {
                    Turn turn = readAll(kind, file, buffers, random, reads);
                    turns.computeIfAbsent(kind, _ -> new ArrayList<>()).add(turn);
                    results.add(line(kind, turn).put("round", round));
                }
            }
            System.out.printf(
                    "| %d in flight | processor µs | wall µs | bytes allocated |%n|---|---|---|---|%n", depth);
            turns.forEach((kind, all) -> print(line(kind, median(all))));
        }
    }

    /** Keeps as many reads in flight as there are buffers. */
    private static Turn readAll(Kind kind, AioFile file, Buffer[] buffers, SplittableRandom random, int count) {
        ResourceUsage start = ResourceUsage.now();
        CompletableFuture<?>[] inFlight = new CompletableFuture<?>[buffers.length];
        for (int i = 0; i < count; i++) {
            int slot = i % buffers.length;
            if (inFlight[slot] != null) {
                inFlight[slot].join();
                kind.end(buffers[slot]);
            }
            inFlight[slot] = kind.start(file, buffers[slot], random);
        }
        for (int slot = 0; slot < inFlight.length; slot++) {
            if (inFlight[slot] != null) {
                inFlight[slot].join();
                kind.end(buffers[slot]);
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

    private ObjectNode line(Kind kind, Turn turn) {
        return Json.object()
                .put("type", "unaligned")
                .put("kind", kind.description)
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
