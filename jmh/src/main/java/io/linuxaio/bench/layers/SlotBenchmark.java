package io.linuxaio.bench.layers;

import io.linuxaio.AioArena;
import io.linuxaio.internal.engine.FileHandle;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.RequestFlags;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.Errno;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A benchmark of {@link Slot}: filling the iocb, alone and with all references that an operation acquires and releases.
 * No system call.
 */
@State(Scope.Thread)
public class SlotBenchmark extends MicroBenchmark {
    private EngineTable table;
    private Slot filled;
    private Slot whole;
    private AioArena arena;
    private MemorySegment block;
    private FileHandle file;
    private long started;

    @Setup
    public void open() {
        table = new EngineTable(2);
        arena = AioArena.ofShared();
        block = arena.allocate(MemoryFile.BLOCK);
        // The descriptor is written into the iocb and goes no further.
        file = new FileHandle(null, Path.of("none"), 0).view(MemoryFile.BLOCK, false, RequestFlags.NONE);
        filled = table.slots()[0];
        whole = table.slots()[1];
        filled.acquire(file, block);
    }

    @TearDown
    public void close() {
        filled.release();
        table.close();
        arena.close();
    }

    @Benchmark
    public long fillIocb() {
        filled.prepare(Opcode.READ, MemoryFile.position(started++), MemoryFile.BLOCK, null, started);
        return filled.attempt();
    }

    @Benchmark
    public int holdFillEndLetGo() {
        whole.acquire(file, block);
        whole.prepare(Opcode.READ, MemoryFile.position(started++), MemoryFile.BLOCK, null, started);
        whole.refuse(-Errno.EAGAIN);
        whole.release();
        return whole.result();
    }
}
