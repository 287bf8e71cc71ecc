package io.linuxaio.faultinjection;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioStats;
import io.linuxaio.testing.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A program that fills a file in random parts, in three ways at the same time, syncs it and verifies it. It prints the
 * parts that failed, and fails if a result was lost, invented or wrong.
 */
final class Workload {
    static final int SIZE = 1 << 20;
    private static final int DEPTH = 8;

    private final AioFile file;
    private final byte[] image;
    private final MemorySegment written;
    private final MemorySegment read;

    private Workload(AioFile file, byte[] image, AioArena arena) {
        this.file = file;
        this.image = image;
        written = Bytes.copy(arena, image);
        read = arena.allocate(SIZE);
    }

    public static void main(String[] args) throws Exception {
        Watchdog.start(Duration.ofSeconds(Integer.parseInt(args[2])));
        long seed = Long.parseLong(args[1]);
        System.out.println("seed " + seed);
        AioStats stats;
        try (AioContext aio = AioContext.builder().queueDepth(DEPTH).open();
                AioArena arena = AioArena.ofShared();
                AioFile file = aio.open(Path.of(args[0]), READ, WRITE)) {
            Workload workload = new Workload(file, image(seed), arena);
            workload.run(
                    Extent.cut(SIZE, new Random(seed)), List.of(Way.single(aio), Way.batch(aio), new QueueWay(DEPTH)));
            stats = aio.stats();
        }
        if (stats.strayEvents() != 0 || stats.inFlight() != 0) {
            throw new AssertionError(stats);
        }
        System.out.println("retries " + stats.submitRetries());
        System.out.println("done");
    }

    /** Returns the expected contents of the file. */
    static byte[] image(long seed) {
        return Bytes.random(seed, SIZE);
    }

    private void run(List<Extent> extents, List<Way> ways) throws Exception {
        List<Callable<Void>> shares = new ArrayList<>();
        for (int i = 0; i < ways.size(); i++) {
            Way way = ways.get(i);
            List<Extent> share = every(ways.size(), i, extents);
            shares.add(() -> {
                writeAndRead(way, share);
                return null;
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(ways.size())) {
            for (Future<Void> share : threads.invokeAll(shares)) {
                share.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    private static List<Extent> every(int step, int first, List<Extent> extents) {
        List<Extent> some = new ArrayList<>();
        for (int i = first; i < extents.size(); i += step) {
            some.add(extents.get(i));
        }
        return some;
    }

    private void writeAndRead(Way way, List<Extent> share) throws IOException {
        List<Extent> standing = succeeded("write", share, way.move(true, file, written, share));
        file.dataSync().exceptionally(Workload::report).join();
        List<Extent> back = succeeded("read", standing, way.move(false, file, read, standing));
        for (Extent extent : back) {
            MemorySegment expected = extent.of(MemorySegment.ofArray(image));
            long difference = extent.of(read).mismatch(expected);
            if (difference >= 0) {
                throw new AssertionError(extent + " differs at " + difference);
            }
        }
    }

    private static Void report(Throwable failure) {
        System.out.println("failed sync: " + failure.getMessage());
        return null;
    }

    private static List<Extent> succeeded(String operation, List<Extent> extents, int[] results) {
        List<Extent> good = new ArrayList<>();
        for (int i = 0; i < results.length; i++) {
            Extent extent = extents.get(i);
            if (results[i] == extent.length()) {
                good.add(extent);
            } else if (results[i] < 0) {
                System.out.println(
                        "failed " + operation + ' ' + extent.position() + ' ' + extent.length() + ' ' + -results[i]);
            } else {
                throw new AssertionError(operation + " of " + extent + " transferred " + results[i]);
            }
        }
        return good;
    }
}
