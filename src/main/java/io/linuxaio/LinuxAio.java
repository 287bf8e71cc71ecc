package io.linuxaio;

import io.linuxaio.internal.kernel.BackendSelector;
import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The availability of Linux AIO in this process, the backend in use, and the limits of the host.
 *
 * <p>Availability and backend are determined once, at the first call. All methods are safe for use by any thread.
 */
public final class LinuxAio {
    private static final Path MAX = Path.of("/proc/sys/fs/aio-max-nr");
    private static final Path USED = Path.of("/proc/sys/fs/aio-nr");

    private LinuxAio() {}

    /**
     * Returns {@code true} if contexts can be opened, as far as is known without opening one. It depends on the operating
     * system, the architecture, the C library, the configured backend, and the permission to call native code.
     *
     * @return {@code false} if opening a context throws {@link UnsupportedOperationException}
     */
    public static boolean isAvailable() {
        return BackendSelector.ofProcess().kernel() != null;
    }

    /**
     * Returns the reason why contexts cannot be opened, with a remedy.
     *
     * @return a sentence; empty if contexts can be opened
     */
    public static Optional<String> unavailableReason() {
        return isAvailable()
                ? Optional.empty()
                : Optional.of(BackendSelector.ofProcess().reason());
    }

    /**
     * Returns the backend in use. The system property {@code io.linuxaio.backend}, set to {@code libaio} or
     * {@code syscall}, forces one.
     *
     * @return the backend
     * @throws UnsupportedOperationException if Linux AIO is not available, with the reason
     */
    public static AioBackend backend() {
        kernel();
        return BackendSelector.LIBAIO.equals(BackendSelector.ofProcess().backend())
                ? AioBackend.LIBAIO
                : AioBackend.SYSCALL;
    }

    /**
     * Returns the reason for the {@linkplain #backend() backend}: the library that was loaded, or why none was.
     *
     * @return a sentence
     * @throws UnsupportedOperationException if Linux AIO is not available, with the reason
     */
    public static String backendReason() {
        kernel();
        return BackendSelector.ofProcess().reason();
    }

    /**
     * Returns the host's limit on operations in flight, and how much of it is used.
     *
     * @return a snapshot
     * @throws UncheckedIOException if {@code /proc} cannot be read
     */
    public static AioLimits limits() {
        return new AioLimits(number(MAX), number(USED));
    }

    private static long number(Path file) {
        // By lines, with their large buffer: a second read of these files returns nothing.
        try {
            return Long.parseLong(Files.readAllLines(file).getFirst().strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the running kernel's release.
     *
     * @return the release, as {@code uname -r} prints it
     */
    public static String kernelRelease() {
        return System.getProperty("os.version");
    }

    /**
     * Probes a path: opens it for direct I/O and reads through Linux AIO. In a directory, writes and reads a temporary file
     * and removes it.
     *
     * @param path a file, block device or directory
     * @return the findings
     * @throws IOException if there is no such file, or the process has no permission to access it
     * @throws UnsupportedOperationException if Linux AIO is not available, with the reason
     */
    public static AioProbeResult probe(Path path) throws IOException {
        return new SupportProbe(kernel()).probe(path);
    }

    /**
     * Returns the interface to the kernel.
     *
     * @throws UnsupportedOperationException if Linux AIO is not available, with the reason
     */
    static Kernel kernel() {
        BackendSelector choice = BackendSelector.ofProcess();
        if (choice.kernel() == null) {
            throw new UnsupportedOperationException("Linux AIO is not available: " + choice.reason());
        }
        return choice.kernel();
    }
}
