package io.linuxaio.internal.kernel;

import io.linuxaio.internal.abi.Abi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.attribute.PosixFilePermission;

/**
 * The attributes of an open file, as reported by {@code statx(2)}.
 *
 * @param error 0, or -errno; the other values are undefined then
 * @param mode type and permissions, as in {@code stx_mode}
 * @param owner the user ID of the owner
 * @param group the group ID
 * @param size the size in bytes; 0 for a block device
 * @param alignmentKnown whether the kernel reported {@code STATX_DIOALIGN}
 * @param memoryAlignment the alignment of addresses for direct I/O in bytes; 0 if the file does not support it
 * @param offsetAlignment the alignment of positions and lengths for direct I/O in bytes; 0 if the file does not support
 *     it
 * @param atomicWrites the limits reported by {@code STATX_WRITE_ATOMIC}
 * @param device the device that holds the file; for a block device, the device itself
 * @param inode the number of the file on its filesystem
 * @param blockSize the preferred size of reads and writes, in bytes
 */
public record Statx(
        int error,
        int mode,
        int owner,
        int group,
        long size,
        boolean alignmentKnown,
        int memoryAlignment,
        int offsetAlignment,
        AtomicWrites atomicWrites,
        Device device,
        long inode,
        int blockSize) {

    // Offsets of struct statx in linux/stat.h, as in the bindings. Loading their class would also load about forty
    // classes for unused array handles, which delays the first open.
    static final int STATX_BYTES = 0x100;
    static final int MASK_OFFSET = 0x00;
    static final int BLOCK_SIZE_OFFSET = 0x04;
    static final int OWNER_OFFSET = 0x14;
    static final int GROUP_OFFSET = 0x18;
    static final int MODE_OFFSET = 0x1c;
    static final int INODE_OFFSET = 0x20;
    static final int SIZE_OFFSET = 0x28;
    static final int RDEV_MAJOR_OFFSET = 0x80;
    static final int RDEV_MINOR_OFFSET = 0x84;
    static final int DEV_MAJOR_OFFSET = 0x88;
    static final int DEV_MINOR_OFFSET = 0x8c;
    private static final int MEMORY_ALIGNMENT_OFFSET = 0x98;
    private static final int OFFSET_ALIGNMENT_OFFSET = 0x9c;

    // From Linux 6.11, which is newer than the headers of the bindings.
    private static final int STATX_WRITE_ATOMIC = 0x10000;
    private static final int ATOMIC_SMALLEST_OFFSET = 0xa8;
    private static final int ATOMIC_LARGEST_OFFSET = 0xac;
    private static final int ATOMIC_SEGMENTS_OFFSET = 0xb0;

    /**
     * The limits of atomic writes; all 0 if the file does not support them.
     *
     * @param smallest the minimum size in bytes
     * @param largest the maximum size in bytes
     * @param segments the maximum number of segments of a vectored write
     */
    public record AtomicWrites(int smallest, int largest, int segments) {
        private static AtomicWrites of(ByteBuffer buffer) {
            if ((buffer.getInt(MASK_OFFSET) & STATX_WRITE_ATOMIC) == 0) {
                return new AtomicWrites(0, 0, 0);
            }
            return new AtomicWrites(
                    buffer.getInt(ATOMIC_SMALLEST_OFFSET),
                    buffer.getInt(ATOMIC_LARGEST_OFFSET),
                    buffer.getInt(ATOMIC_SEGMENTS_OFFSET));
        }
    }

    /**
     * A device number.
     *
     * @param major the major number; 0 for a filesystem without a device of its own
     * @param minor the minor number
     */
    public record Device(int major, int minor) {}

    /** Returns the attributes of an open descriptor. */
    public static Statx of(Kernel kernel, int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statx = arena.allocate(STATX_BYTES, Long.BYTES);
            int mask = Abi.STATX_BASIC_STATS() | Abi.STATX_DIOALIGN() | STATX_WRITE_ATOMIC;
            int error = kernel.statx(descriptor, mask, statx.address());
            return of(error, statx.asByteBuffer().order(ByteOrder.nativeOrder()));
        }
    }

    private static Statx of(int error, ByteBuffer buffer) {
        int mode = Short.toUnsignedInt(buffer.getShort(MODE_OFFSET));
        Device device = isBlockDevice(mode)
                ? new Device(buffer.getInt(RDEV_MAJOR_OFFSET), buffer.getInt(RDEV_MINOR_OFFSET))
                : new Device(buffer.getInt(DEV_MAJOR_OFFSET), buffer.getInt(DEV_MINOR_OFFSET));
        return new Statx(
                error,
                mode,
                buffer.getInt(OWNER_OFFSET),
                buffer.getInt(GROUP_OFFSET),
                buffer.getLong(SIZE_OFFSET),
                (buffer.getInt(MASK_OFFSET) & Abi.STATX_DIOALIGN()) != 0,
                buffer.getInt(MEMORY_ALIGNMENT_OFFSET),
                buffer.getInt(OFFSET_ALIGNMENT_OFFSET),
                AtomicWrites.of(buffer),
                device,
                buffer.getLong(INODE_OFFSET),
                buffer.getInt(BLOCK_SIZE_OFFSET));
    }

    /** Returns {@code true} if AIO is reliable for the file: a regular file or a block device. */
    public boolean isSuitable() {
        return isSuitable(mode);
    }

    /** Returns {@code true} if AIO is reliable for files of this mode. */
    public static boolean isSuitable(int mode) {
        return type(mode) == Abi.S_IFREG() || type(mode) == Abi.S_IFBLK();
    }

    /** Returns {@code true} if this is a regular file. */
    public boolean isRegularFile() {
        return isRegularFile(mode);
    }

    /** Returns {@code true} if a file of this mode is a regular file. */
    public static boolean isRegularFile(int mode) {
        return type(mode) == Abi.S_IFREG();
    }

    /** Returns {@code true} if this is a block device. */
    public boolean isBlockDevice() {
        return isBlockDevice(mode);
    }

    /** Returns {@code true} if a file of this mode is a symbolic link. */
    public static boolean isSymbolicLink(int mode) {
        return type(mode) == Abi.S_IFLNK();
    }

    /** Returns the name of the file's type, in the words of {@code stat(1)}. */
    public String typeName() {
        return typeName(mode);
    }

    /** Returns the name of the type of a file of this mode. */
    public static String typeName(int mode) {
        int type = type(mode);
        if (type == Abi.S_IFREG()) {
            return "regular file";
        } else if (type == Abi.S_IFDIR()) {
            return "directory";
        } else if (type == Abi.S_IFBLK()) {
            return "block device";
        } else if (type == Abi.S_IFCHR()) {
            return "character device";
        } else if (type == Abi.S_IFIFO()) {
            return "FIFO";
        } else if (type == Abi.S_IFSOCK()) {
            return "socket";
        }
        return "special file";
    }

    private static boolean isBlockDevice(int mode) {
        return type(mode) == Abi.S_IFBLK();
    }

    private static int type(int mode) {
        return mode & Abi.S_IFMT();
    }

    /** Returns the bit of a permission in a file's mode. */
    public static int permissionBit(PosixFilePermission permission) {
        // The enum lists the permissions in the order of the mode's bits, from the owner's read (0400) down.
        return 0400 >> permission.ordinal();
    }
}
