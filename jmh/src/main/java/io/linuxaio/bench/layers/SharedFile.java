package io.linuxaio.bench.layers;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import java.io.IOException;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The context and the file in memory that all threads of a benchmark share. */
@State(Scope.Benchmark)
public class SharedFile {
    /** As many as the queue takes. */
    static final int DEPTH = 128;

    private AioContext context;
    private MemoryFile target;

    @Setup
    public void open() throws IOException {
        context = AioContext.builder().queueDepth(DEPTH).open();
        target = MemoryFile.in(context);
    }

    @TearDown
    public void close() {
        target.close();
        context.close();
    }

    AioFile file() {
        return target.file();
    }
}
