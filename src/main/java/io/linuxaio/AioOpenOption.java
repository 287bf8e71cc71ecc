package io.linuxaio;

import java.nio.file.CopyOption;
import java.nio.file.OpenOption;

/**
 * An option for opening a file, or both files of a copy, in addition to the
 * {@linkplain java.nio.file.StandardOpenOption standard options}.
 */
public enum AioOpenOption implements OpenOption, CopyOption {
    /**
     * Opens through the page cache, without {@code O_DIRECT}. Operations require no alignment. The kernel performs them
     * inside {@code io_submit}, so that submitting takes as long as the operation.
     */
    BUFFERED,

    /**
     * Opens with {@code O_DIRECT} if the filesystem supports it, else buffered; {@link AioFile#isDirect} reports the outcome.
     * Without this option, opening fails if the file does not support direct I/O.
     */
    DIRECT_IF_SUPPORTED
}
