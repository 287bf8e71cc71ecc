package io.linuxaio.bench.layers;

import io.linuxaio.AioBufferPool;
import io.linuxaio.files.AioReadChannel;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A benchmark of {@link AioReadChannel} over a part of an open file: the channel is made and closed. */
@State(Scope.Thread)
public class ReadChannelBenchmark extends MicroBenchmark {
    private final SharedFile shared = new SharedFile();
    private AioBufferPool pool;

    @Setup
    public void open() throws IOException {
        shared.open();
        pool = AioBufferPool.builder().buffers(8).bufferSize(MemoryFile.BLOCK).build();
    }

    @TearDown
    public void close() {
        pool.close();
        shared.close();
    }

    @Benchmark
    public long makeAndClose() throws IOException {
        try (AioReadChannel channel =
                AioReadChannel.over(shared.file(), MemoryFile.BLOCK, 2 * MemoryFile.BLOCK, pool)) {
            return channel.position();
        }
    }
}
