package io.linuxaio.files;

import java.nio.file.OpenOption;

/** How a whole file is written by {@link AioFiles}, beside the {@link java.nio.file.StandardOpenOption standard options}. */
public enum AioWriteOption implements OpenOption {
    /**
     * The file is replaced in one step: whoever opens it, before or after a crash of the process or of the machine, finds
     * the old contents whole or the new ones whole. When the future completes, the new ones are durable.
     *
     * <p>The contents go to a temporary file in the same folder, named {@code .linux-aio-*.tmp}; that one is synced
     * (fsync(2)), renamed over the target (rename(2)), and the folder synced. {@code CREATE}, {@code TRUNCATE_EXISTING}
     * and {@code WRITE} need not be said, {@code DSYNC} and {@code SYNC} are always kept; {@code APPEND} and
     * {@code CREATE_NEW} contradict it.
     *
     * <p>Where writing fails, or the future is cancelled or timed out before the renaming, the target stays as it was and
     * the temporary file is removed. A process that is killed leaves it behind; it may be deleted as soon as no process
     * writes in that folder. Where only the sync of the folder fails, the future fails although the new contents are in
     * place: whether they would survive a power failure is not known.
     *
     * <p>The target is another file afterwards. It has the old one's permissions, access control list and extended
     * attributes, and its owner and group as far as this process may give them. It is never more open than the old one:
     * if the group cannot be given, group and others get the permissions that both had, and a list that cannot be given
     * grants nothing to its users and groups. The bits set-user-ID and set-group-ID and the capabilities of a program stay
     * only if owner and group could be given. The temporary file is its owner's alone until it has all its contents.
     * A default access control list of the directory applies only if there was no target. Flags of chattr(1) do not go
     * along.
     *
     * <p>Other hard links go on naming the old contents, and so do those who have it open. A symbolic link stays, and the
     * file it leads to is replaced; with {@code NOFOLLOW_LINKS} it is refused. What is no regular file is refused, and so
     * is a mount point.
     */
    ATOMIC_REPLACE
}
