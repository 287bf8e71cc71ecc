package io.linuxaio.examples;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A pooled buffer, acquired for one read. */
final class BufferPoolExample {
    private BufferPoolExample() {}

    /** Returns the bytes at a position of a file, at most the length of a buffer. */
    static byte[] read(AioBufferPool pool, AioFile file, long position)
            throws IOException, InterruptedException, TimeoutException {
        // @start region="pool"
        try (AioBuffer buffer = pool.acquire()) {
            int count = file.read(buffer.segment(), position).get(5, TimeUnit.SECONDS);
            return buffer.segment().asSlice(0, count).toArray(JAVA_BYTE);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
        // After a timeout, the pool has the buffer back when the kernel is done with it.
        // @end
    }
}
