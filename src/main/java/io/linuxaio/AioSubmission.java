package io.linuxaio;

/** Whether a thread that submits may be held up in the kernel. */
public enum AioSubmission {
    /**
     * The caller submits, and waits inside {@code io_submit} where the kernel does: on writes that extend a file, on the
     * allocation of blocks, on an inode's lock, on a frozen filesystem. The quickest way where that does not happen.
     */
    MAY_BLOCK,

    /**
     * The caller submits with {@code RWF_NOWAIT}. What the kernel refuses, since it would block, is submitted by a few
     * helper threads of the context, which wait in the caller's place. A file on which the kernel refuses again and
     * again (one that is appended to; any file on some kernels from 6.0 on, which refuse nearly every write) goes to the
     * helpers at once, and is tried again now and then.
     *
     * <p>What remains: the system call itself, and the wait for a place in a full queue. An operation that goes to a
     * helper takes longer than one that does not, by the change of threads.
     */
    NEVER_BLOCK
}
