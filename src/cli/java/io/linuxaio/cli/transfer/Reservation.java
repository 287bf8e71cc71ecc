package io.linuxaio.cli.transfer;

import io.linuxaio.AioException;
import io.linuxaio.files.AioWriteChannel;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Set;

/** Space for a file to come, taken before its first byte is written, so that blocks can be written at the same time. */
public final class Reservation {
    /** Errors that writing would run into as well: no space, no more of the user's share, longer than files can be. */
    private static final Set<String> FINAL = Set.of("ENOSPC", "EDQUOT", "EFBIG");

    private Reservation() {}

    /** Takes the space if the filesystem can reserve it. */
    public static void take(AioWriteChannel out, long length) throws IOException {
        try {
            out.allocate(length);
        } catch (AioException e) {
            if (FINAL.contains(e.errnoName())) {
                throw e;
            }
        } catch (FileSystemException refused) {
            // Writing the file does not depend on it.
        }
    }
}
