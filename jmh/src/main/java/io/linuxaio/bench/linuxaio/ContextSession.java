package io.linuxaio.bench.linuxaio;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.bench.Buffers;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/** An {@link AioContext} with its file and its buffers. */
abstract class ContextSession implements Session {
    final AioContext context;
    final AioFile file;
    final MemorySegment[] buffers;
    final boolean reads;
    private final AioArena arena = AioArena.ofShared();

    ContextSession(Workload workload, int bufferCount) throws IOException {
        this(workload, bufferCount, Options.context(workload.depth()));
    }

    /** Takes over a context. */
    ContextSession(Workload workload, int bufferCount, AioContext opened) throws IOException {
        context = opened;
        buffers = Buffers.allocate(arena, workload, bufferCount);
        reads = workload.reads();
        try {
            file = context.open(workload.path(), Options.file(workload));
        } catch (IOException | RuntimeException e) {
            context.close();
            throw e;
        }
    }

    /** Starts an operation. */
    final CompletableFuture<Integer> start(int slot, long position) {
        return start(buffers[slot], position);
    }

    /** Starts an operation. */
    final CompletableFuture<Integer> start(MemorySegment buffer, long position) {
        return reads ? file.read(buffer, position) : file.write(buffer, position);
    }

    @Override
    public void close() throws IOException {
        file.close();
        context.close();
        arena.close();
    }
}
