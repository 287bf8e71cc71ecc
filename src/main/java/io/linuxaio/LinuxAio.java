package io.linuxaio;

import io.linuxaio.internal.kernel.BackendSelector;
import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether Linux AIO can be used here, by what way, and within which limits.
 *
 * <p>What is told about the process is decided once, when first asked for. All methods are safe for use by any thread.
 */
public final class LinuxAio {
    private static final Path MAX = Path.of("/proc/sys/fs/aio-max-nr");
    private static final Path USED = Path.of("/proc/sys/fs/aio-nr");

    private LinuxAio() {}

    /**
     * Whether contexts can be opened as far as can be told without opening one: the operating system, the architecture,
     * the C library, the backend asked for, and the permission to call native code.
     *
     * @return whether they can
     */
    public static boolean isAvailable() {
        return BackendSelector.ofProcess().kernel() != null;
    }

    /**
     * Why contexts cannot be opened, and what to do about it.
     *
     * @return a sentence, or empty where they can
     */
    public static Optional<String> unavailableReason() {
        return isAvailable()
                ? Optional.empty()
                : Optional.of(BackendSelector.ofProcess().reason());
    }

    /**
     * The way by which requests reach the kernel. The system property {@code io.linuxaio.backend}, set to
     * {@code libaio} or {@code syscall}, forces one.
     *
     * @return the way
     * @throws UnsupportedOperationException if there is none, with the reason
     */
    public static AioBackend backend() {
        kernel();
        return BackendSelector.LIBAIO.equals(BackendSelector.ofProcess().backend())
                ? AioBackend.LIBAIO
                : AioBackend.SYSCALL;
    }

    /**
     * Why this way was taken: the library that was loaded, or why none was.
     *
     * @return a sentence
     * @throws UnsupportedOperationException if there is none, with the reason
     */
    public static String backendReason() {
        kernel();
        return BackendSelector.ofProcess().reason();
    }

    /**
     * The host's limit on operations in flight, and how much of it is used.
     *
     * @return the figures of this moment
     * @throws UncheckedIOException if {@code /proc} cannot be read
     */
    public static AioLimits limits() {
        return new AioLimits(number(MAX), number(USED));
    }

    private static long number(Path file) {
        // By lines, with their large buffer: these files give their beginning to the first read and nothing to the
        // next.
        try {
            return Long.parseLong(Files.readAllLines(file).getFirst().strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The running kernel's release.
     *
     * @return as {@code uname -r} prints it
     */
    public static String kernelRelease() {
        return System.getProperty("os.version");
    }

    /**
     * Tries what works at a path: opens it for direct I/O and reads through Linux AIO; in a directory, writes and reads
     * a file of its own, which it removes.
     *
     * @param path a file, block device or directory
     * @return what was found
     * @throws IOException if there is no such file, or no permission to look at it
     * @throws UnsupportedOperationException if there is no way to the kernel, with the reason
     */
    public static AioProbeResult probe(Path path) throws IOException {
        return new SupportProbe(kernel()).probe(path);
    }

    /** The way to the kernel, or an exception that says why there is none. */
    static Kernel kernel() {
        BackendSelector choice = BackendSelector.ofProcess();
        if (choice.kernel() == null) {
            throw new UnsupportedOperationException("Linux AIO is not available: " + choice.reason());
        }
        return choice.kernel();
    }
}
