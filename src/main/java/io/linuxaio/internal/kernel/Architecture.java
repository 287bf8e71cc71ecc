package io.linuxaio.internal.kernel;

import java.util.Arrays;
import java.util.Optional;

/**
 * The numbers of the kernel's interface that differ from one architecture to another, and so cannot come from the
 * generated bindings: flags of {@code open} (asm/fcntl.h) and numbers of system calls (asm/unistd.h).
 *
 * <p>Only 64-bit little-endian architectures are here. A big-endian one (s390x) has {@code aio_key} and
 * {@code aio_rw_flags} of {@code struct iocb} in the places of each other: with the bindings as they are, a write's
 * {@code RWF_DSYNC} would be lost there without a word.
 */
public enum Architecture {
    X86_64("amd64", 0x4000, 0x10000, 0x20000, 206, 207, 209, 210, 208),
    AARCH64("aarch64", 0x10000, 0x4000, 0x8000, 0, 1, 2, 3, 4),
    RISCV64("riscv64", 0x4000, 0x10000, 0x20000, 0, 1, 2, 3, 4),
    PPC64LE("ppc64le", 0x20000, 0x4000, 0x8000, 227, 228, 230, 231, 229);

    private final String osArch;
    private final int oDirect;
    private final int oDirectory;
    private final int oNofollow;
    private final int ioSetup;
    private final int ioDestroy;
    private final int ioSubmit;
    private final int ioCancel;
    private final int ioGetevents;

    Architecture(
            String osArch,
            int oDirect,
            int oDirectory,
            int oNofollow,
            int ioSetup,
            int ioDestroy,
            int ioSubmit,
            int ioCancel,
            int ioGetevents) {
        this.osArch = osArch;
        this.oDirect = oDirect;
        this.oDirectory = oDirectory;
        this.oNofollow = oNofollow;
        this.ioSetup = ioSetup;
        this.ioDestroy = ioDestroy;
        this.ioSubmit = ioSubmit;
        this.ioCancel = ioCancel;
        this.ioGetevents = ioGetevents;
    }

    /**
     * The architecture of this JVM.
     *
     * @return the architecture
     * @throws UnsupportedOperationException if it is not one of these
     */
    public static Architecture current() {
        String osArch = System.getProperty("os.arch");
        return of(osArch)
                .orElseThrow(() -> new UnsupportedOperationException(
                        "linux-aio does not know the architecture os.arch=" + osArch + "; it knows " + names()));
    }

    /**
     * The architecture that a JVM calls by this name.
     *
     * @param osArch a value of the system property {@code os.arch}
     * @return the architecture, or nothing if it is not one of these
     */
    public static Optional<Architecture> of(String osArch) {
        return Arrays.stream(values())
                .filter(architecture -> architecture.osArch.equals(osArch))
                .findFirst();
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

    /** {@return {@code __NR_io_setup}} */
    public int ioSetup() {
        return ioSetup;
    }

    /** {@return {@code __NR_io_destroy}} */
    public int ioDestroy() {
        return ioDestroy;
    }

    /** {@return {@code __NR_io_submit}} */
    public int ioSubmit() {
        return ioSubmit;
    }

    /** {@return {@code __NR_io_cancel}} */
    public int ioCancel() {
        return ioCancel;
    }

    /** {@return {@code __NR_io_getevents}} */
    public int ioGetevents() {
        return ioGetevents;
    }
}
