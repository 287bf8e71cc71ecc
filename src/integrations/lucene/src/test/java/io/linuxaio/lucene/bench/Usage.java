package io.linuxaio.lucene.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The wall time, the processor time of the process, and the bytes that the device has read for it. */
record Usage(long wallNanos, long cpuNanos, long readBytes) {
    /** {@code int clock_gettime(clockid_t, struct timespec *)}. */
    @SuppressWarnings("restricted")
    private static final MethodHandle CLOCK_GETTIME = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("clock_gettime"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

    /** {@code CLOCK_PROCESS_CPUTIME_ID} of linux/time.h. */
    private static final int PROCESS_CPU_TIME = 2;

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

    // In nanoseconds (clock_gettime(2)): the bean of the JVM counts ticks of 10 ms.
    private static long cpuSoFar() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2);
            if ((int) CLOCK_GETTIME.invokeExact(PROCESS_CPU_TIME, time) != 0) {
                throw new IllegalStateException("clock_gettime failed");
            }
            return time.getAtIndex(ValueLayout.JAVA_LONG, 0) * 1_000_000_000
                    + time.getAtIndex(ValueLayout.JAVA_LONG, 1);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
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
