package io.linuxaio.files;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.memory.BounceBuffers;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/** Detection of files, as those of {@code /proc}, that report a length of 0 but have contents. */
final class PseudoFiles {
    private static final int PROBE_BYTES = 4096;

    private PseudoFiles() {}

    /** Throws if a file reports a length of 0 but has contents, since it would be treated as empty. */
    static void requireTruth(AioContext aio, AioFile file) throws IOException {
        if (onlySaysSo(aio, file)) {
            throw new IOException(file.path() + " does not report its length, as files of /proc do not; read it with"
                    + " java.nio.file.Files");
        }
    }

    /**
     * Returns {@code true} if the file reports a length of 0 but has contents, as files of {@code /proc} do. They do
     * not support direct I/O, so files with direct I/O are not read.
     */
    static boolean onlySaysSo(AioContext aio, AioFile file) throws IOException {
        return !file.isDirect() && file.size() == 0 && hasContents(aio, file) && file.size() == 0;
    }

    private static boolean hasContents(AioContext aio, AioFile file) throws IOException {
        MemorySegment buffer = BounceBuffers.acquire(PROBE_BYTES, BounceBuffers.ALIGNMENT);
        CompletableFuture<Integer> read = aio.read(file, buffer.asSlice(0, PROBE_BYTES), 0);
        try {
            return BlockBufferRing.result(read) > 0;
        } catch (AioException e) {
            if (e.errno() == Errno.EINVAL) {
                // Many pseudo files cannot be read asynchronously; an empty regular file always can.
                return true;
            }
            throw e;
        } finally {
            if (read.isDone()) {
                BounceBuffers.release(buffer);
            }
        }
    }
}
