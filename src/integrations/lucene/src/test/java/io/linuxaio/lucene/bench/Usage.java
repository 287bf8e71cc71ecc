package io.linuxaio.lucene.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The wall time, the processor time of the process, and the bytes that the device has read for it. */
record Usage(long wallNanos, long cpuNanos, long readBytes) {
    private static final double MILLIS = 1e6;
    private static final double MEBI = 1 << 20;

    /** Work to be measured. */
    interface Work {
        void run() throws Exception;
    }

    static Usage of(Work work) throws Exception {
        long bytes = readSoFar();
        long cpu = cpuSoFar();
        long start = System.nanoTime();
        work.run();
        long wall = System.nanoTime() - start;
        return new Usage(wall, cpuSoFar() - cpu, readSoFar() - bytes);
    }

    // Of the threads that live, in nanoseconds: the time of the process counts ticks of 10 ms.
    private static long cpuSoFar() throws IOException {
        long sum = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                String times = Files.readString(thread.resolve("schedstat"));
                sum += Long.parseLong(times.substring(0, times.indexOf(' ')));
            }
        }
        return sum;
    }

    private static long readSoFar() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/io"))) {
            if (line.startsWith("read_bytes: ")) {
                return Long.parseLong(line.substring("read_bytes: ".length()));
            }
        }
        throw new IOException("/proc/self/io has no read_bytes");
    }

    double wallMillis() {
        return wallNanos / MILLIS;
    }

    double cpuMillis() {
        return cpuNanos / MILLIS;
    }

    double readMebibytes() {
        return readBytes / MEBI;
    }

    static double median(List<Usage> rounds, ToDoubleFunction<Usage> figure) {
        return rounds.stream()
                .map(figure::applyAsDouble)
                .sorted(Comparator.naturalOrder())
                .toList()
                .get(rounds.size() / 2);
    }
}
