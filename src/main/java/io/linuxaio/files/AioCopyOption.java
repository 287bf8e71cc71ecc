package io.linuxaio.files;

import java.nio.file.CopyOption;

/** Options for copying a file, in addition to the {@link java.nio.file.StandardCopyOption standard options}. */
public enum AioCopyOption implements CopyOption {
    /** The copy's contents, its length and its name are durable when the future completes. */
    DSYNC,

    /** As {@link #DSYNC}; all other metadata is durable as well. */
    SYNC,

    /**
     * The copy shares the data of the source if the filesystem can do that ({@code FICLONE}: btrfs, xfs, bcachefs), as by
     * {@code cp --reflink=auto}: it takes no space and little time, and a later write to one of the files does not change
     * the other. If the filesystem cannot, or the files are on different ones, the data is copied. The progress is reported
     * once, at the end.
     */
    REFLINK
}
