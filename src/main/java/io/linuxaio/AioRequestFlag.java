package io.linuxaio;

/**
 * A flag of single operations, given to {@link AioFile#with}. These are the flags of {@code pwritev2(2)}, which each iocb
 * carries and which do not change the file. Only {@link #NOWAIT} and {@link #DONTCACHE} apply to reads; syncs ignore all
 * flags.
 */
public enum AioRequestFlag {
    /** A write is durable when it completes, with the metadata needed to read it ({@code RWF_DSYNC}, Linux 4.13). */
    DSYNC(0x2),

    /** A write is durable when it completes, with all metadata ({@code RWF_SYNC}, Linux 4.13). */
    SYNC(0x4),

    /**
     * The operation fails with {@code EAGAIN} if it would block in the kernel ({@code RWF_NOWAIT}, Linux 4.14): on a lock
     * or on the allocation of blocks. It fails with {@code EOPNOTSUPP} if the filesystem does not support the flag. Some
     * kernels (from 6.0 on) refuse nearly every write with this flag, even if it would not block.
     */
    NOWAIT(0x8),

    /** A write goes to the end of the file, whatever its position ({@code RWF_APPEND}, Linux 4.16). */
    APPEND(0x10),

    /**
     * A write reaches the device whole or not at all, also if the power fails ({@code RWF_ATOMIC}, Linux 6.11), so that
     * there is no torn write. Its length must be a power of two within {@link AioFile#atomicWrites}, and divide its
     * position.
     */
    ATOMIC(0x40),

    /**
     * The pages that a buffered operation brings into the page cache are dropped when it is over: at once for a read, after
     * writeback for a write ({@code RWF_DONTCACHE}, Linux 6.14). The operation fails with {@code EOPNOTSUPP} if the kernel
     * or the filesystem does not support the flag. It has no use for direct I/O.
     */
    DONTCACHE(0x80);

    private final int bits;

    AioRequestFlag(int bits) {
        this.bits = bits;
    }

    /** Returns the flag as {@code RWF_*} of linux/fs.h. */
    int bits() {
        return bits;
    }
}
