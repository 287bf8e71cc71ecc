package io.linuxaio.files;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.internal.kernel.Errno;
import java.io.IOException;

/** Tells files that are empty from those that only say so. */
final class PseudoFiles {
    private static final int LOOK = 4096;

    private PseudoFiles() {}

    /** Refuses files that only say that they are empty: they would be taken for it. */
    static void requireTruth(AioContext aio, AioFile file) throws IOException {
        if (onlySaysSo(aio, file)) {
            throw new IOException(file.path() + " does not tell its length, as files of /proc do not; read it with"
                    + " java.nio.file.Files");
        }
    }

    /**
     * Whether it is a file as those of {@code /proc}, whose length nobody knows before they are read. They have no direct
     * I/O, so others are not asked.
     */
    static boolean onlySaysSo(AioContext aio, AioFile file) throws IOException {
        return !file.isDirect() && file.size() == 0 && hasContents(aio, file) && file.size() == 0;
    }

    private static boolean hasContents(AioContext aio, AioFile file) throws IOException {
        try (AioArena arena = AioArena.ofShared()) {
            return BlockBufferRing.result(aio.read(file, arena.allocate(LOOK), 0)) > 0;
        } catch (AioException e) {
            if (e.errno() == Errno.EINVAL) {
                // Many of them cannot be read asynchronously at all, which is never so of a file that is empty.
                return true;
            }
            throw e;
        }
    }
}
