package io.linuxaio.files;

import java.nio.file.CopyOption;

/** Options for copying a file, in addition to the {@link java.nio.file.StandardCopyOption standard options}. */
public enum AioCopyOption implements CopyOption {
    /** The copy's contents, its length and its name are durable when the future completes. */
    DSYNC,

    /** As {@link #DSYNC}; all other metadata is durable as well. */
    SYNC
}
