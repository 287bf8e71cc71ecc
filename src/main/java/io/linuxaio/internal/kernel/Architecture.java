package io.linuxaio.internal.kernel;

import java.util.Arrays;
import java.util.Optional;

/**
 * The supported architectures, with the flags of {@code open} (asm/fcntl.h) that differ between them and therefore
 * cannot come from the generated bindings. {@link SyscallNumber} has the numbers of system calls.
 *
 * <p>Only 64-bit little-endian architectures are supported. On big-endian ones (s390x), the fields {@code aio_key} and
 * {@code aio_rw_flags} of {@code struct iocb} are swapped: with the present bindings, {@code RWF_DSYNC} of a write
 * would be lost silently.
 */
public enum Architecture {
    X86_64("amd64", 0x4000, 0x10000, 0x20000),
    AARCH64("aarch64", 0x10000, 0x4000, 0x8000),
    RISCV64("riscv64", 0x4000, 0x10000, 0x20000),
    PPC64LE("ppc64le", 0x20000, 0x4000, 0x8000);

    private final String osArch;
    private final int oDirect;
    private final int oDirectory;
    private final int oNofollow;

    Architecture(String osArch, int oDirect, int oDirectory, int oNofollow) {
        this.osArch = osArch;
        this.oDirect = oDirect;
        this.oDirectory = oDirectory;
        this.oNofollow = oNofollow;
    }

    /** Returns the request {@code FICLONE} of {@code ioctl}, whose direction bits differ (asm/ioctl.h). */
    int ficlone() {
        return this == PPC64LE ? 0x80049409 : 0x40049409;
    }

    /**
     * Returns the architecture of this JVM.
     *
     * @return the architecture
     * @throws UnsupportedOperationException if the architecture is not supported
     */
    public static Architecture current() {
        String osArch = System.getProperty("os.arch");
        Optional<Architecture> known = of(osArch);
        if (known.isEmpty()) {
            throw new UnsupportedOperationException(
                    "linux-aio does not know the architecture os.arch=" + osArch + "; it knows " + names());
        }
        return known.get();
    }

    /**
     * Returns the architecture with the given name.
     *
     * @param osArch a value of the system property {@code os.arch}
     * @return the architecture, or empty if it is not supported
     */
    public static Optional<Architecture> of(String osArch) {
        for (Architecture architecture : values()) {
            if (architecture.osArch.equals(osArch)) {
                return Optional.of(architecture);
            }
        }
        return Optional.empty();
    }

    private static String names() {
        return String.join(
                ", ", Arrays.stream(values()).map(Architecture::osArch).toList());
    }

    /** {@return the value of the system property {@code os.arch} on a JVM of this architecture} */
    public String osArch() {
        return osArch;
    }

    /** {@return {@code O_DIRECT} of {@code open}} */
    public int oDirect() {
        return oDirect;
    }

    /** {@return {@code O_DIRECTORY} of {@code open}} */
    public int oDirectory() {
        return oDirectory;
    }

    /** {@return {@code O_NOFOLLOW} of {@code open}} */
    public int oNofollow() {
        return oNofollow;
    }
}
