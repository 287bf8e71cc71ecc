package io.linuxaio.internal.kernel;

import java.util.Arrays;
import java.util.Optional;

/**
 * The architectures that are known, with the flags of {@code open} (asm/fcntl.h) that differ from one to another and so
 * cannot come from the generated bindings; {@link SyscallNumber} has the numbers of system calls.
 *
 * <p>Only 64-bit little-endian architectures are here. A big-endian one (s390x) has {@code aio_key} and
 * {@code aio_rw_flags} of {@code struct iocb} in the places of each other: with the bindings as they are, a write's
 * {@code RWF_DSYNC} would be lost there without a word.
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

    /**
     * The architecture of this JVM.
     *
     * @return the architecture
     * @throws UnsupportedOperationException if it is not one of these
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
     * The architecture that a JVM calls by this name.
     *
     * @param osArch a value of the system property {@code os.arch}
     * @return the architecture, or nothing if it is not one of these
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
