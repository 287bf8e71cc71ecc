package io.linuxaio.internal.kernel;

/**
 * The system calls made by number, with their numbers on each architecture (asm/unistd.h).
 *
 * <p>Only 64-bit architectures are listed: their arguments are passed in registers, whatever the types in C.
 */
enum SyscallNumber {
    IO_SETUP(206, 0, 0, 227),
    IO_DESTROY(207, 1, 1, 228),
    IO_SUBMIT(209, 2, 2, 230),
    IO_GETEVENTS(208, 4, 4, 229),
    OPENAT(257, 56, 56, 286),
    CLOSE(3, 57, 57, 6),
    STATX(332, 291, 291, 383),
    FALLOCATE(285, 47, 47, 309),
    FTRUNCATE(77, 46, 46, 93),
    FSYNC(74, 82, 82, 118),
    FDATASYNC(75, 83, 83, 148),
    FLOCK(73, 32, 32, 143),
    IOCTL(16, 29, 29, 54),
    FADVISE64(221, 223, 223, 233),
    FCNTL(72, 25, 25, 55),
    LSEEK(8, 62, 62, 19),
    UNLINKAT(263, 35, 35, 292),
    RENAMEAT2(316, 276, 276, 357),
    FCHOWN(93, 55, 55, 95),
    FCHMOD(91, 52, 52, 94),
    GETXATTR(191, 8, 8, 212),
    LISTXATTR(194, 11, 11, 215),
    FSETXATTR(190, 7, 7, 211),
    FREMOVEXATTR(199, 16, 16, 220),
    FSTAT(5, 80, 80, 108);

    /** The numbers in the order of {@link Architecture}. */
    private final int[] numbers;

    SyscallNumber(int x86, int arm, int riscv, int power) {
        numbers = new int[] {x86, arm, riscv, power};
    }

    /** Returns the number of the call, {@code __NR_*}. */
    int number(Architecture architecture) {
        return numbers[architecture.ordinal()];
    }

    /**
     * Returns {@code true} if the call is repeated when a signal interrupts it. All calls are, except {@code close(2)},
     * which closes the descriptor nevertheless, and those of AIO, whose callers repeat them with their own timeouts.
     */
    boolean isRepeatable() {
        return this != CLOSE && !name().startsWith("IO_");
    }
}
