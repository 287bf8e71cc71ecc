package io.linuxaio.internal.kernel;

import io.linuxaio.internal.abi.Abi;
import java.nio.ByteBuffer;

/**
 * The {@code struct stat} that {@code fstat(2)} fills in (asm/stat.h), for processes in which seccomp denies {@code
 * statx(2)}. Device numbers are encoded as by {@code new_encode_dev} of linux/kdev_t.h.
 */
final class Fstat {
    /** A size in bytes that suffices on every architecture. */
    static final int BYTES = 256;

    private static final int DEV_OFFSET = 0;
    private static final int INODE_OFFSET = 8;
    private static final int SIZE_OFFSET = 48;
    private static final int BLOCK_SIZE_OFFSET = 56;

    private Fstat() {}

    /**
     * Copies type, permissions, owner, group, size, inode, preferred block size and device numbers.
     *
     * @param architecture the architecture that defines the structure
     * @param stat a filled {@code struct stat}
     * @param statx the {@code struct statx} to fill in; its mask names no alignment
     */
    static void toStatx(Architecture architecture, ByteBuffer stat, ByteBuffer statx) {
        // x86 and PowerPC have a long link count before the mode; the generic structure has an int after it.
        boolean generic = architecture == Architecture.AARCH64 || architecture == Architecture.RISCV64;
        int mode = stat.getInt(generic ? 16 : 24);
        long self = stat.getLong(generic ? 32 : 40);
        long device = stat.getLong(DEV_OFFSET);
        statx.putInt(Statx.MASK_OFFSET, Abi.STATX_BASIC_STATS());
        statx.putShort(Statx.MODE_OFFSET, (short) mode);
        statx.putInt(Statx.OWNER_OFFSET, stat.getInt(generic ? 24 : 28));
        statx.putInt(Statx.GROUP_OFFSET, stat.getInt(generic ? 28 : 32));
        statx.putLong(Statx.INODE_OFFSET, stat.getLong(INODE_OFFSET));
        statx.putLong(Statx.SIZE_OFFSET, stat.getLong(SIZE_OFFSET));
        // A long on x86 and PowerPC, an int in the generic structure.
        statx.putInt(Statx.BLOCK_SIZE_OFFSET, (int)
                (generic ? stat.getInt(BLOCK_SIZE_OFFSET) : stat.getLong(BLOCK_SIZE_OFFSET)));
        statx.putInt(Statx.RDEV_MAJOR_OFFSET, major(self));
        statx.putInt(Statx.RDEV_MINOR_OFFSET, minor(self));
        statx.putInt(Statx.DEV_MAJOR_OFFSET, major(device));
        statx.putInt(Statx.DEV_MINOR_OFFSET, minor(device));
    }

    private static int major(long device) {
        return (int) (device >> 8 & 0xfff);
    }

    private static int minor(long device) {
        return (int) (device & 0xff | device >> 12 & 0xfff00);
    }
}
