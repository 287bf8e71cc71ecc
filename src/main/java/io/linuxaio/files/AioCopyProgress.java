package io.linuxaio.files;

import java.io.IOException;

/** Receives the progress of a copy. */
@FunctionalInterface
public interface AioCopyProgress {
    /**
     * Reports that a part of the file has been written.
     *
     * <p>Called by the thread that copies, never by a context's reaper thread: after each block, and once more if a
     * hole ends the file or the file is empty. Each call reports more than the one before. The last call reports the
     * whole file; it precedes the sync and the rename of the copy. While this method runs, nothing is submitted, so it
     * should be short. It may wait for another method of {@link AioFiles}.
     *
     * @param done the number of bytes from the beginning of the file, including holes
     * @param total the file's length in bytes
     * @throws IOException to abort the copy, as any other exception does: operations in flight complete, the incomplete
     *     copy is removed, and the future fails with this exception
     */
    void copied(long done, long total) throws IOException;
}
