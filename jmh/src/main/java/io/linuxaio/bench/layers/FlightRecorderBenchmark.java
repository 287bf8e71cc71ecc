package io.linuxaio.bench.layers;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import jdk.jfr.Recording;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A benchmark of the cost of Java Flight Recorder for an operation that is awaited immediately, a read of 4 KiB from
 * memory. A started recorder stays in the process, so each state needs a JVM of its own, as it has without {@code -f
 * 0}.
 */
@State(Scope.Thread)
public class FlightRecorderBenchmark extends MicroBenchmark {
    private static final String OPERATION = "io.linuxaio.Operation";
    private static final Duration NEVER_REACHED = Duration.ofHours(1);

    /** The set of recorded events. */
    public enum Recorded {
        /** No recorder was ever started. */
        NEVER_STARTED,
        /** A recording runs, without events of operations. */
        OTHER_EVENTS,
        /** Every operation is timed, and none takes as long as the threshold. */
        ABOVE_THRESHOLD,
        /** Every operation makes an event. */
        EVERY_OPERATION
    }

    @Param
    private Recorded recorded;

    private Recording recording;
    private AioContext context;
    private MemoryFile target;
    private AioFile file;
    private AioArena arena;
    private MemorySegment block;
    private long started;

    @Setup
    public void open() throws IOException {
        if (recorded != Recorded.NEVER_STARTED) {
            recording = new Recording();
            switch (recorded) {
                case ABOVE_THRESHOLD -> recording.enable(OPERATION).withThreshold(NEVER_REACHED);
                case EVERY_OPERATION -> recording.enable(OPERATION).withoutThreshold();
                default -> recording.disable(OPERATION);
            }
            recording.start();
        }
        context = AioContext.open();
        target = MemoryFile.in(context);
        file = target.file();
        arena = AioArena.ofShared();
        block = arena.allocate(MemoryFile.BLOCK);
    }

    @TearDown
    public void close() {
        target.close();
        context.close();
        arena.close();
        if (recording != null) {
            recording.close();
        }
    }

    @Benchmark
    public int oneWaitedFor() {
        return file.read(block, MemoryFile.position(started++)).join();
    }
}
