package io.linuxaio;

/** The submit mode of a context: if a submitting thread may block in the kernel. */
public enum AioSubmitMode {
    /**
     * The caller submits, and may block inside {@code io_submit}: on writes that extend a file, on the allocation of
     * blocks, on an inode's lock, on a frozen filesystem. This is the fastest mode if that does not happen.
     */
    MAY_BLOCK,

    /**
     * The caller submits with {@code RWF_NOWAIT}. If the kernel refuses an operation because it would block, the operation
     * is offloaded: one of up to three helper threads of the context submits it and blocks in the caller's place. If the
     * kernel keeps refusing on a file, its operations go to the helpers at once, and are tried again from time to time. That
     * happens if the file is appended to, and for all files on some kernels from 6.0 on, which refuse nearly every write.
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
     * mode, {@link AioQueue}s, buffered writes, and fragmented files. An offloaded operation takes longer, by the change of
     * threads.
     *
     * <p>The helper thread is started with the context, which cannot be opened if no thread can be started. The other
     * threads are started on demand and end after some seconds without work. If they cannot be started, the helper does
     * their work.
     */
    NON_BLOCKING
}
