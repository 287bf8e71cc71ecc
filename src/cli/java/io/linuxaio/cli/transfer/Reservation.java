package io.linuxaio.cli.transfer;

import io.linuxaio.AioException;
import io.linuxaio.files.AioWriteChannel;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Set;

/** Allocation of the space for a file before its first byte is written, so that its blocks can be in flight together. */
public final class Reservation {
    /** Errors that writing would meet as well: no space, quota exceeded, longer than a file can be. */
    private static final Set<String> FINAL = Set.of("ENOSPC", "EDQUOT", "EFBIG");

    private Reservation() {}

    /** Allocates the space if the filesystem supports it. */
    public static void take(AioWriteChannel out, long length) throws IOException {
        try {
            out.allocate(length);
        } catch (AioException e) {
            if (FINAL.contains(e.errnoName())) {
                throw e;
            }
        } catch (FileSystemException refused) {
            // Writing the file does not require it.
        }
    }
}
