package io.linuxaio.files;

import java.io.IOException;

/** Hears how far a copy is. */
@FunctionalInterface
public interface AioCopyProgress {
    /**
     * So much of the file has been written.
     *
     * <p>Called by the thread that copies, never by a context's reaper thread: after each block, and once more where a
     * hole ends the file or the file is empty. Each call tells more than the one before; the last tells that all is done,
     * and is made before the copy is synced and gets its name. While this method runs nothing new is submitted, so keep
     * it short. It may wait for another method of {@link AioFiles}.
     *
     * @param done bytes from the beginning of the file, holes included
     * @param total the file's length in bytes
     * @throws IOException to end the copy, as any other exception does: what was in flight is waited for, what was made is
     *     removed, and the future fails with this exception
     */
    void copied(long done, long total) throws IOException;
}
