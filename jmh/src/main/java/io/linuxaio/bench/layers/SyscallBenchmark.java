package io.linuxaio.bench.layers;

import io.linuxaio.internal.kernel.BackendSelector;
import io.linuxaio.internal.kernel.Kernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A benchmark of system calls without effect on both back ends. With libaio, {@code io_getevents} of an empty ring
 * without a wait does not enter the kernel; all other calls here do.
 */
@State(Scope.Thread)
public class SyscallBenchmark extends MicroBenchmark {
    private static final int DEPTH = 32;
    private static final long EVENT_BYTES = 32;
    private static final long TIMESPEC_BYTES = 16;

    @Param({BackendSelector.LIBAIO, BackendSelector.SYSCALL})
    private String backend;

    private Kernel kernel;
    private long context;
    private Arena arena;
    private MemorySegment pointers;
    private MemorySegment events;
    private MemorySegment noTime;

    @Setup
    public void open() {
        System.setProperty(BackendSelector.BACKEND_PROPERTY, backend);
        BackendSelector choice = BackendSelector.ofProcess();
        if (!backend.equals(choice.backend())) {
            throw new IllegalStateException("not " + backend + ": " + choice.reason()
                    + "; one process can measure one way only, so do not run this with -f 0");
        }
        kernel = choice.kernel();
        context = kernel.setup(DEPTH);
        if (context < 0) {
            throw new IllegalStateException("io_setup failed with errno " + -context + "; see fs.aio-max-nr");
        }
        arena = Arena.ofShared();
        pointers = arena.allocate(Long.BYTES * DEPTH, Long.BYTES);
        events = arena.allocate(EVENT_BYTES * DEPTH, Long.BYTES);
        noTime = arena.allocate(TIMESPEC_BYTES, Long.BYTES);
    }

    @TearDown
    public void close() {
        kernel.destroy(context);
        arena.close();
    }

    @Benchmark
    public int submitNothing() {
        return kernel.submit(context, 0, pointers.address());
    }

    @Benchmark
    public int getNoEvents() {
        return kernel.getEvents(context, 0, DEPTH, events.address(), noTime.address());
    }
}
