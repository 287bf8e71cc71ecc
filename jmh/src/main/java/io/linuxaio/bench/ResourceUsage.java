package io.linuxaio.bench;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;

/**
 * The resource usage of this process so far.
 *
 * @param wallNanos the time of a monotonic clock, in nanoseconds
 * @param processorNanos the processor time in user and system mode of all threads, including terminated ones
 * @param switches the number of context switches, voluntary or not, of the same threads
 * @param allocatedBytes the number of bytes that all threads have allocated on the Java heap
 */
public record ResourceUsage(long wallNanos, long processorNanos, long switches, long allocatedBytes) {
    // struct rusage of a 64-bit Linux: two struct timeval, then 14 longs (getrusage(2)).
    private static final long RUSAGE_BYTES = 18 * Long.BYTES;
    private static final int USER_SECONDS = 0;
    private static final int SYSTEM_SECONDS = 2;
    private static final int VOLUNTARY = 16;
    private static final int INVOLUNTARY = 17;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final MemorySegment RUSAGE = Arena.global().allocate(RUSAGE_BYTES, Long.BYTES);
    private static final MethodHandle GETRUSAGE = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("getrusage"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

    /** Returns the usage now. */
    public static ResourceUsage now() {
        try {
            int answer = (int) GETRUSAGE.invokeExact(0, RUSAGE);
            if (answer != 0) {
                throw new IllegalStateException("getrusage failed");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        return new ResourceUsage(
                System.nanoTime(),
                timeval(USER_SECONDS) + timeval(SYSTEM_SECONDS),
                word(VOLUNTARY) + word(INVOLUNTARY),
                THREADS.getTotalThreadAllocatedBytes());
    }

    private static long timeval(int seconds) {
        return word(seconds) * 1_000_000_000L + word(seconds + 1) * 1_000L;
    }

    private static long word(int index) {
        return RUSAGE.getAtIndex(ValueLayout.JAVA_LONG, index);
    }

    /** Returns the usage since an earlier moment. */
    public ResourceUsage since(ResourceUsage earlier) {
        return new ResourceUsage(
                wallNanos - earlier.wallNanos,
                processorNanos - earlier.processorNanos,
                switches - earlier.switches,
                allocatedBytes - earlier.allocatedBytes);
    }
}
