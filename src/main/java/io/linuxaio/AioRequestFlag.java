package io.linuxaio;

/**
 * How the kernel is to treat single operations, given to {@link AioFile#with}: flags of {@code pwritev2(2)}, which travel
 * with each iocb and change nothing about the file. Reads heed {@link #NOWAIT} alone, syncs none.
 */
public enum AioRequestFlag {
    /** A write is durable when it completes, with the metadata needed to read it ({@code RWF_DSYNC}, Linux 4.13). */
    DSYNC(0x2),

    /** A write is durable when it completes, with all metadata ({@code RWF_SYNC}, Linux 4.13). */
    SYNC(0x4),

    /**
     * The operation fails with {@code EAGAIN} where it would block in the kernel ({@code RWF_NOWAIT}, Linux 4.14): on a
     * lock, on the allocation of blocks. Fails with {@code EOPNOTSUPP} where the filesystem does not know it. Some
     * kernels (from 6.0 on) refuse nearly every write so, whether it would block or not.
     */
    NOWAIT(0x8),

    /** A write goes to the end of the file, wherever it is aimed at ({@code RWF_APPEND}, Linux 4.16). */
    APPEND(0x10),

    /**
     * A write reaches the device whole or not at all, also when the power fails ({@code RWF_ATOMIC}, Linux 6.11). Its
     * length must be a power of two within {@link AioFile#atomicWrites}, and divide its position.
     */
    ATOMIC(0x40);

    private final int bits;

    AioRequestFlag(int bits) {
        this.bits = bits;
    }

    /** {@code RWF_*}, from linux/fs.h. */
    int bits() {
        return bits;
    }
}
