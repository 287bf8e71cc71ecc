package io.linuxaio;

import java.nio.file.CopyOption;
import java.nio.file.OpenOption;

/** How a file is opened, or both files of a copy, beside the {@link java.nio.file.StandardOpenOption standard options}. */
public enum AioOpenOption implements OpenOption, CopyOption {
    /**
     * Through the page cache, without {@code O_DIRECT}. Any address, position and length will do; but the kernel
     * carries the operations out inside {@code io_submit}, so that submitting takes as long as they do.
     */
    BUFFERED,

    /**
     * With {@code O_DIRECT} where the filesystem can, else buffered; {@link AioFile#isDirect} tells which it became.
     * Without this option a file that cannot be opened for direct I/O is refused.
     */
    DIRECT_IF_SUPPORTED
}
