package io.linuxaio;

import io.linuxaio.internal.kernel.Errno;
import java.io.IOException;

/** Tells files that are empty from those that only say so. */
final class EmptyFiles {
    private static final int LOOK = 4096;

    private EmptyFiles() {}

    /**
     * Refuses files as those of {@code /proc}, whose length nobody knows before they are read: they would be taken for
     * empty. They have no direct I/O, so others are not asked.
     */
    static void requireTruth(AioContext aio, AioFile file) throws IOException {
        if (!file.isDirect() && file.size() == 0 && hasContents(aio, file) && file.size() == 0) {
            throw new IOException(file.path() + " does not tell its length, as files of /proc do not; read it with"
                    + " java.nio.file.Files");
        }
    }

    private static boolean hasContents(AioContext aio, AioFile file) throws IOException {
        try (AioArena arena = AioArena.ofShared()) {
            return BlockRing.result(aio.read(file, arena.allocate(LOOK), 0)) > 0;
        } catch (AioException e) {
            if (e.errno() == Errno.EINVAL) {
                // Many of them cannot be read asynchronously at all, which is never so of a file that is empty.
                return true;
            }
            throw e;
        }
    }
}
