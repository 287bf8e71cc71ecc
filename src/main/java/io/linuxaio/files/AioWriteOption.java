package io.linuxaio.files;

import java.nio.file.OpenOption;

/**
 * Options for writing a whole file with {@link AioFiles}, in addition to the {@link java.nio.file.StandardOpenOption
 * standard options}.
 */
public enum AioWriteOption implements OpenOption {
    /**
     * Replaces the file atomically. A process that opens it, before or after a crash of the process or of the machine,
     * finds either the old contents or the new ones, complete in both cases. When the future completes, the new
     * contents are durable.
     *
     * <p>The contents are written to a temporary file in the same directory, named {@code .linux-aio-*.tmp}. That file
     * is synced (fsync(2)) and renamed over the target (rename(2)), and the directory is synced. {@code CREATE}, {@code
     * TRUNCATE_EXISTING} and {@code WRITE} are optional, {@code DSYNC} and {@code SYNC} are implied; {@code APPEND} and
     * {@code CREATE_NEW} contradict this option.
     *
     * <p>If writing fails, or the future is cancelled or times out before the rename, the target is unchanged and the
     * temporary file is removed. A process that is killed leaves the temporary file; it may be deleted as soon as no
     * process writes in that directory. If only the sync of the directory fails, the future fails although the target
     * has the new contents; they may not survive a power failure.
     *
     * <p>The target is a new file afterwards. It has the permissions, access control list and extended attributes of
     * the old one, and its owner and group as far as this process may set them. It never grants more access than the
     * old one. If the group cannot be set, group and others get the permissions that both had; if the list cannot be
     * set, its users and groups get no access. The bits set-user-ID and set-group-ID and the capabilities of a program
     * are kept only if owner and group could be set. Only its owner may access the temporary file until it is complete.
     * A default access control list of the directory applies only if there was no target. Flags of chattr(1) are not
     * copied.
     *
     * <p>Other hard links, and processes that have the file open, keep the old contents. If the path is a symbolic
     * link, the link is kept and the file that it leads to is replaced; with {@code NOFOLLOW_LINKS} it is refused.
     * Targets that are no regular file are refused, and so are mount points.
     */
    ATOMIC_REPLACE
}
