package io.linuxaio;

/** Whether a thread that submits may be held up in the kernel. */
public enum AioSubmitMode {
    /**
     * The caller submits, and waits inside {@code io_submit} where the kernel does: on writes that extend a file, on the
     * allocation of blocks, on an inode's lock, on a frozen filesystem. The quickest way where that does not happen.
     */
    MAY_BLOCK,

    /**
     * The caller submits with {@code RWF_NOWAIT}. What the kernel refuses, since it would block, is submitted by one or two
     * helper threads of the context, which wait in the caller's place. A file on which the kernel refuses again and
     * again (one that is appended to; any file on some kernels from 6.0 on, which refuse nearly every write) goes to the
     * helpers at once, and is tried again now and then.
     *
     * <p>A device has a fixed number of block requests ({@code /sys/block/NAME/queue/nr_requests}), and the kernel waits
     * for a free one in spite of {@code RWF_NOWAIT}. So callers submit only while this process has less than half of them
     * in flight at the device, over all contexts of this mode. Above that an operation is held back, and a thread of the
     * device, {@code linux-aio-device-NAME}, submits it when others have completed. Operations on a device that sysfs does
     * not show (on btrfs, or where a container hides it) are held back above 32. An operation counts for as many requests
     * as the device's limits divide it into.
     *
     * <p>{@link AioStats#offloaded()} counts the operations that another thread submitted.
     *
     * <p>Not bounded: the time of the system call itself, the wait for a slot in a full queue, and waits for requests that
     * others use up, since the kernel has no call that reports them. Those others are other processes, contexts of the other
     * mode, {@link AioQueue}s, buffered writes, and files whose blocks lie in many pieces. An operation that another thread
     * submits takes longer, by the change of threads.
     *
     * <p>The helper thread is started with the context, which cannot be opened where no thread can be had. The other threads
     * come with the work and end after some seconds without it. If they cannot be had, the helper does their work.
     */
    NON_BLOCKING
}
