package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.abi.statx;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What {@code statx(2)} says of an open file.
 *
 * @param error 0, or -errno: the other values then mean nothing
 * @param mode type and permissions, as in {@code stx_mode}
 * @param size bytes; 0 for a block device
 * @param alignmentKnown whether the kernel answered {@code STATX_DIOALIGN}
 * @param memoryAlignment what direct I/O wants of an address, in bytes; 0 where the file cannot do it
 * @param offsetAlignment what direct I/O wants of position and length, in bytes; 0 where the file cannot do it
 * @param atomicWrites what {@code STATX_WRITE_ATOMIC} tells
 * @param device the device that holds the file; for a block device, the device itself
 */
public record FileStatus(
        int error,
        int mode,
        long size,
        boolean alignmentKnown,
        int memoryAlignment,
        int offsetAlignment,
        AtomicWrites atomicWrites,
        Device device) {

    // Of Linux 6.11, newer than the headers that the bindings are made from; see struct statx in linux/stat.h.
    private static final int STATX_WRITE_ATOMIC = 0x10000;
    private static final long ATOMIC_SMALLEST_OFFSET = 0xa8;
    private static final long ATOMIC_LARGEST_OFFSET = 0xac;
    private static final long ATOMIC_SEGMENTS_OFFSET = 0xb0;

    /**
     * What writes can be atomic; all 0 where none can.
     *
     * @param smallest bytes
     * @param largest bytes
     * @param segments how many a vectored one may have
     */
    public record AtomicWrites(int smallest, int largest, int segments) {
        private static AtomicWrites of(MemorySegment buffer) {
            if ((statx.stx_mask(buffer) & STATX_WRITE_ATOMIC) == 0) {
                return new AtomicWrites(0, 0, 0);
            }
            return new AtomicWrites(
                    buffer.get(JAVA_INT, ATOMIC_SMALLEST_OFFSET),
                    buffer.get(JAVA_INT, ATOMIC_LARGEST_OFFSET),
                    buffer.get(JAVA_INT, ATOMIC_SEGMENTS_OFFSET));
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
    public static FileStatus of(Kernel kernel, int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = statx.allocate(arena);
            int mask = Abi.STATX_BASIC_STATS() | Abi.STATX_DIOALIGN() | STATX_WRITE_ATOMIC;
            int answer = kernel.statx(descriptor, mask, buffer.address());
            int mode = Short.toUnsignedInt(statx.stx_mode(buffer));
            Device device = isBlockDevice(mode)
                    ? new Device(statx.stx_rdev_major(buffer), statx.stx_rdev_minor(buffer))
                    : new Device(statx.stx_dev_major(buffer), statx.stx_dev_minor(buffer));
            return new FileStatus(
                    answer,
                    mode,
                    statx.stx_size(buffer),
                    (statx.stx_mask(buffer) & Abi.STATX_DIOALIGN()) != 0,
                    statx.stx_dio_mem_align(buffer),
                    statx.stx_dio_offset_align(buffer),
                    AtomicWrites.of(buffer),
                    device);
        }
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
}
