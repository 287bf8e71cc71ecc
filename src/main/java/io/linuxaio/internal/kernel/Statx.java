package io.linuxaio.internal.kernel;

import io.linuxaio.internal.abi.Abi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.attribute.PosixFilePermission;

/**
 * What {@code statx(2)} says of an open file.
 *
 * @param error 0, or -errno: the other values then mean nothing
 * @param mode type and permissions, as in {@code stx_mode}
 * @param owner the number of the user that owns the file
 * @param group the number of its group
 * @param size bytes; 0 for a block device
 * @param alignmentKnown whether the kernel answered {@code STATX_DIOALIGN}
 * @param memoryAlignment what direct I/O wants of an address, in bytes; 0 where the file cannot do it
 * @param offsetAlignment what direct I/O wants of position and length, in bytes; 0 where the file cannot do it
 * @param atomicWrites what {@code STATX_WRITE_ATOMIC} tells
 * @param device the device that holds the file; for a block device, the device itself
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
        Device device) {

    // Of struct statx in linux/stat.h, as the bindings have it. Their class makes handles for its arrays when it is
    // loaded, some forty classes' worth that nobody uses, while a program waits for its first file.
    static final int STATX_BYTES = 0x100;
    static final int MASK_OFFSET = 0x00;
    static final int OWNER_OFFSET = 0x14;
    static final int GROUP_OFFSET = 0x18;
    static final int MODE_OFFSET = 0x1c;
    static final int SIZE_OFFSET = 0x28;
    static final int RDEV_MAJOR_OFFSET = 0x80;
    static final int RDEV_MINOR_OFFSET = 0x84;
    static final int DEV_MAJOR_OFFSET = 0x88;
    static final int DEV_MINOR_OFFSET = 0x8c;
    private static final int MEMORY_ALIGNMENT_OFFSET = 0x98;
    private static final int OFFSET_ALIGNMENT_OFFSET = 0x9c;

    // Of Linux 6.11, newer than the headers that the bindings are made from.
    private static final int STATX_WRITE_ATOMIC = 0x10000;
    private static final int ATOMIC_SMALLEST_OFFSET = 0xa8;
    private static final int ATOMIC_LARGEST_OFFSET = 0xac;
    private static final int ATOMIC_SEGMENTS_OFFSET = 0xb0;

    /**
     * What writes can be atomic; all 0 where none can.
     *
     * @param smallest bytes
     * @param largest bytes
     * @param segments how many a vectored one may have
     */
    public record AtomicWrites(int smallest, int largest, int segments) {
        private static AtomicWrites of(ByteBuffer answer) {
            if ((answer.getInt(MASK_OFFSET) & STATX_WRITE_ATOMIC) == 0) {
                return new AtomicWrites(0, 0, 0);
            }
            return new AtomicWrites(
                    answer.getInt(ATOMIC_SMALLEST_OFFSET),
                    answer.getInt(ATOMIC_LARGEST_OFFSET),
                    answer.getInt(ATOMIC_SEGMENTS_OFFSET));
        }
    }

    /**
     * A device's number.
     *
     * @param major the driver's; 0 for a filesystem without a device of its own
     * @param minor the device's
     */
    public record Device(int major, int minor) {}

    /** Asks the kernel about an open descriptor. */
    public static Statx of(Kernel kernel, int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statx = arena.allocate(STATX_BYTES, Long.BYTES);
            int mask = Abi.STATX_BASIC_STATS() | Abi.STATX_DIOALIGN() | STATX_WRITE_ATOMIC;
            int error = kernel.statx(descriptor, mask, statx.address());
            return of(error, statx.asByteBuffer().order(ByteOrder.nativeOrder()));
        }
    }

    private static Statx of(int error, ByteBuffer answer) {
        int mode = Short.toUnsignedInt(answer.getShort(MODE_OFFSET));
        Device device = isBlockDevice(mode)
                ? new Device(answer.getInt(RDEV_MAJOR_OFFSET), answer.getInt(RDEV_MINOR_OFFSET))
                : new Device(answer.getInt(DEV_MAJOR_OFFSET), answer.getInt(DEV_MINOR_OFFSET));
        return new Statx(
                error,
                mode,
                answer.getInt(OWNER_OFFSET),
                answer.getInt(GROUP_OFFSET),
                answer.getLong(SIZE_OFFSET),
                (answer.getInt(MASK_OFFSET) & Abi.STATX_DIOALIGN()) != 0,
                answer.getInt(MEMORY_ALIGNMENT_OFFSET),
                answer.getInt(OFFSET_ALIGNMENT_OFFSET),
                AtomicWrites.of(answer),
                device);
    }

    /** Whether AIO can be relied on: on a regular file or a block device. */
    public boolean isSuitable() {
        return isSuitable(mode);
    }

    /** Whether AIO can be relied on for files of this mode. */
    public static boolean isSuitable(int mode) {
        return type(mode) == Abi.S_IFREG() || type(mode) == Abi.S_IFBLK();
    }

    /** Whether this is a regular file. */
    public boolean isRegularFile() {
        return isRegularFile(mode);
    }

    /** Whether files of this mode are regular ones. */
    public static boolean isRegularFile(int mode) {
        return type(mode) == Abi.S_IFREG();
    }

    /** Whether this is a block device. */
    public boolean isBlockDevice() {
        return isBlockDevice(mode);
    }

    /** Returns {@code true} if a file of this mode is a symbolic link. */
    public static boolean isSymbolicLink(int mode) {
        return type(mode) == Abi.S_IFLNK();
    }

    /** What the file is, in the words of {@code stat(1)}. */
    public String typeName() {
        return typeName(mode);
    }

    /** What a file of this mode is. */
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
