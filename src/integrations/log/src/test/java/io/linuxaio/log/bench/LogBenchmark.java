package io.linuxaio.log.bench;

import io.linuxaio.log.LogForce;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;

/**
 * Durable commits a second, and how long each takes, by threads that append one record after the other. Each variant is
 * measured several times, in turn with the others; the round with the median throughput counts.
 *
 * <p>Arguments: the directory for files, the seconds of a measurement, the number of rounds, and numbers of threads, of which
 * there are three if none is given.
 */
final class LogBenchmark {
    private static final List<Integer> THREADS = List.of(1, 16, 256);
    private static final int RECORD = 100;
    private static final double MICROS = 1000;

    private final Path root;
    private final long nanos;

    private LogBenchmark(Path root, double seconds) {
        this.root = root;
        nanos = (long) (seconds * 1e9);
    }

    private record Figures(double perSecond, double p50, double p99) {}

    private interface Opener {
        BenchLog open(Path directory) throws IOException;
    }

    private enum Variant {
        AIO_DSYNC("linux-aio-log, DSYNC", directory -> new AioLog(directory, LogForce.DSYNC)),
        AIO_DATA_SYNC("linux-aio-log, DATA_SYNC", directory -> new AioLog(directory, LogForce.DATA_SYNC)),
        GROUPING("FileChannel, group commit, written beforehand", d -> new GroupingChannelLog(d, 64 << 20)),
        CHANNEL("FileChannel, write and force(false)", ChannelLog::new),
        STORE("H2 MVStore, commit and sync", StoreLog::new);

        private final String title;
        private final Opener opener;

        Variant(String title, Opener opener) {
            this.title = title;
            this.opener = opener;
        }
    }

    public static void main(String[] args) throws Exception {
        LogBenchmark benchmark = new LogBenchmark(Path.of(args[0]), Double.parseDouble(args[1]));
        int rounds = Integer.parseInt(args[2]);
        System.out.printf("records of %d bytes; medians of %d rounds of %s s%n%n", RECORD, rounds, args[1]);
        System.out.println("| threads | log | commits/s | p50 µs | p99 µs |");
        System.out.println("|---|---|---|---|---|");
        List<Integer> counts = args.length == 3
                ? THREADS
                : Arrays.stream(args).skip(3).map(Integer::valueOf).toList();
        for (int threads : counts) {
            Map<Variant, List<Figures>> figures = new TreeMap<>();
            for (int round = 0; round < rounds; round++) {
                for (Variant variant : Variant.values()) {
                    figures.computeIfAbsent(variant, _ -> new ArrayList<>()).add(benchmark.measure(variant, threads));
                }
            }
            figures.forEach((variant, all) -> {
                all.sort(Comparator.comparing(Figures::perSecond));
                Figures median = all.get(all.size() / 2);
                System.out.printf(
                        "| %d | %s | %,.0f | %,.0f | %,.0f |%n",
                        threads, variant.title, median.perSecond(), median.p50(), median.p99());
            });
        }
    }

    private Figures measure(Variant variant, int threads) throws Exception {
        Path directory = Files.createTempDirectory(root, "bench-log");
        try (BenchLog log = variant.opener.open(directory)) {
            run(log, threads, nanos / 2);
            return run(log, threads, nanos);
        } finally {
            delete(directory);
        }
    }

    private static Figures run(BenchLog log, int count, long nanos) throws Exception {
        Appender[] appenders = new Appender[count];
        CyclicBarrier start = new CyclicBarrier(count);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            appenders[i] = new Appender(log, start, nanos);
            threads.add(Thread.ofPlatform().start(appenders[i]));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long[] latencies = Arrays.stream(appenders)
                .flatMapToLong(appender -> Arrays.stream(appender.latencies, 0, appender.count))
                .sorted()
                .toArray();
        return new Figures(
                latencies.length * 1e9 / nanos,
                latencies[latencies.length / 2] / MICROS,
                latencies[(int) (latencies.length * 0.99)] / MICROS);
    }

    private static final class Appender implements Runnable {
        private final BenchLog log;
        private final CyclicBarrier start;
        private final long nanos;
        private long[] latencies = new long[1 << 12];
        private int count;

        Appender(BenchLog log, CyclicBarrier start, long nanos) {
            this.log = log;
            this.start = start;
            this.nanos = nanos;
        }

        @Override
        public void run() {
            byte[] record = new byte[RECORD];
            Arrays.fill(record, (byte) 'x');
            try {
                start.await();
                long begin = System.nanoTime();
                long before = begin;
                while (before - begin < nanos) {
                    log.append(record);
                    long after = System.nanoTime();
                    note(after - before);
                    before = after;
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        private void note(long latency) {
            if (count == latencies.length) {
                latencies = Arrays.copyOf(latencies, 2 * count);
            }
            latencies[count++] = latency;
        }
    }

    private static void delete(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
