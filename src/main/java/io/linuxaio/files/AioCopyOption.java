package io.linuxaio.files;

import java.nio.file.CopyOption;

/** How a file is copied, beside the {@link java.nio.file.StandardCopyOption standard options}. */
public enum AioCopyOption implements CopyOption {
    /** The copy's contents, its length and its name are durable when the future completes. */
    DSYNC,

    /** As {@link #DSYNC}, and so is all other metadata. */
    SYNC
}
