package io.linuxaio;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.internal.kernel.PathBytes;
import io.linuxaio.internal.kernel.ReleaseCalls;
import io.linuxaio.internal.kernel.Statx;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** A probe that tries direct and asynchronous I/O on a path. */
final class SupportProbe {
    private static final byte PATTERN = 0x5a;

    // NONBLOCK: the open of a FIFO must not block.
    private static final int PROBE_FLAGS = OFlags.READ_ONLY | OFlags.CLOSE_ON_EXEC | OFlags.NONBLOCK;

    private final Kernel kernel;

    SupportProbe(Kernel kernel) {
        this.kernel = kernel;
    }

    AioProbeResult probe(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return tryOn(path, path, false);
        }
        Path own = makeIn(path);
        try {
            return tryOn(path, own, true);
        } finally {
            Files.deleteIfExists(own);
        }
    }

    /** Creates a temporary file. A failure names the directory, since the caller does not know the file. */
    private static Path makeIn(Path directory) throws IOException {
        try {
            return Files.createTempFile(directory, ".linux-aio-probe", ".tmp");
        } catch (AccessDeniedException e) {
            throw as(new AccessDeniedException(directory.toString()), e);
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? "" : ": " + e.getReason();
            throw as(
                    new FileSystemException(
                            directory.toString(), null, "no file can be made in it to try with" + reason),
                    e);
        }
    }

    private static FileSystemException as(FileSystemException failure, FileSystemException cause) {
        failure.initCause(cause);
        return failure;
    }

    private AioProbeResult tryOn(Path asked, Path file, boolean mayWrite) throws IOException {
        String filesystem = Files.getFileStore(file).type();
        Optional<AlignmentProbe.Found> found = alignment(file);
        Set<OpenOption> options =
                mayWrite ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE) : Set.of(StandardOpenOption.READ);
        boolean direct = false;
        Optional<String> problem;
        try (AioFile opened = AioFile.open(kernel, null, file, options)) {
            direct = true;
            try (AioContext aio = AioContext.builder().queueDepth(1).open()) {
                problem = transfer(aio, opened, mayWrite);
            }
        } catch (IOException e) {
            problem = Optional.of(e.getMessage());
        }
        return new AioProbeResult(new AioProbeResult.Findings(
                asked,
                filesystem,
                direct,
                direct ? found.map(AlignmentProbe.Found::alignment) : Optional.empty(),
                direct ? found.map(f -> f.source().words()).orElse("") : "",
                problem.isEmpty(),
                problem));
    }

    private Optional<AlignmentProbe.Found> alignment(Path file) throws IOException {
        int descriptor = kernel.open(PathBytes.of(file), PROBE_FLAGS, 0);
        if (descriptor < 0) {
            throw descriptor == -Errno.ENXIO
                    ? Errors.unsuitable(file, "socket or device without a driver")
                    : Errors.ofFile("open", file, -descriptor);
        }
        try {
            Statx status = Statx.of(kernel, descriptor);
            if (!status.isSuitable()) {
                throw Errors.unsuitable(file, status.typeName());
            }
            return AlignmentProbe.of(status);
        } finally {
            ReleaseCalls.close(kernel, descriptor);
        }
    }

    /** Writes and reads; returns the problem, or empty. */
    private static Optional<String> transfer(AioContext aio, AioFile file, boolean mayWrite) throws IOException {
        long length = Math.max(file.alignment().offset(), 512);
        try (AioArena arena = AioArena.ofShared(Math.max(file.alignment().memory(), AioArena.DEFAULT_ALIGNMENT))) {
            MemorySegment written = arena.allocate(length);
            MemorySegment read = arena.allocate(length);
            written.fill(PATTERN);
            try {
                if (mayWrite) {
                    aio.write(file, written, 0).join();
                }
                int count = aio.read(file, read, 0).join();
                return mayWrite && (count != length || read.mismatch(written) >= 0)
                        ? Optional.of("the bytes read differ from the bytes written")
                        : Optional.empty();
            } catch (CompletionException e) {
                return Optional.of(e.getCause().getMessage());
            }
        }
    }
}
