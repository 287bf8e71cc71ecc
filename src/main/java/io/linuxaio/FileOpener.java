package io.linuxaio;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.internal.kernel.PathBytes;
import io.linuxaio.internal.kernel.ReleaseCalls;
import io.linuxaio.internal.kernel.Statx;
import io.linuxaio.internal.kernel.SymbolicLinks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * The procedure that opens one file: with direct I/O if requested, only if its type suits AIO, and with no file left behind
 * on failure.
 *
 * @param <F> the type that wraps the descriptor
 */
final class FileOpener<F> {
    /** True if the last file that was to be created if absent was absent: probably, so is the next one. */
    private static volatile boolean lastWasNew;

    private final Kernel kernel;
    private final Path path;

    /** The path that failures name. */
    private final Path known;

    private final byte[] name;
    private final OpenSpec options;
    private final int mode;
    private final Function<Opened, F> wrapper;

    /** The name of the file that this procedure has created; null if none. */
    private byte[] created;

    /** True if the last call was to create a file. */
    private boolean creating;

    private FileOpener(Kernel kernel, Path path, Path known, OpenSpec options, int mode, Function<Opened, F> wrapper) {
        this.kernel = kernel;
        this.path = path;
        this.known = known;
        this.name = PathBytes.of(path);
        this.options = options;
        this.mode = mode;
        this.wrapper = wrapper;
    }

    /** An open file: its descriptor, how it was opened, and its attributes before it was truncated. */
    record Opened(int descriptor, boolean direct, AioAlignment alignment, Statx status) {}

    /**
     * Opens a file.
     *
     * @param wrapper makes the object that closes the descriptor from then on; if it throws, the descriptor is closed
     */
    static <F> F open(Kernel kernel, Path path, Path known, OpenSpec options, int mode, Function<Opened, F> wrapper)
            throws IOException {
        FileOpener<F> opener = new FileOpener<>(kernel, path, known, options, mode, wrapper);
        if (!options.direct()) {
            return opener.open(false).orElseThrow();
        }
        Optional<F> direct = opener.open(true);
        if (direct.isPresent()) {
            return direct.get();
        }
        if (!options.directIfSupported()) {
            throw opener.refusal();
        }
        return opener.open(false).orElseThrow();
    }

    /** Returns the reason for the lack of direct I/O: directories, FIFOs and most devices never support it. */
    private IOException refusal() {
        try {
            int type = (Integer) Files.getAttribute(path, "unix:mode");
            if (!Statx.isSuitable(type)) {
                return Errors.unsuitable(known, Statx.typeName(type));
            }
        } catch (IOException gone) {
            // A file that was created and removed again, or that another process removed.
        }
        return Errors.directIoUnsupported(known);
    }

    /** Opens the file; returns empty if direct I/O was requested and is not supported. */
    private Optional<F> open(boolean direct) throws IOException {
        created = null;
        creating = false;
        int descriptor = openOrCreate(options.flags() | (direct ? OFlags.DIRECT : 0));
        if (descriptor == -Errno.EINVAL && direct) {
            // do_dentry_open refuses O_DIRECT only after a new file was created.
            removeIfCreated();
            return Optional.empty();
        }
        if (descriptor < 0) {
            throw creating && descriptor == -Errno.EACCES
                    ? Errors.ofDirectory(known, SymbolicLinks.directory(SymbolicLinks.end(path)))
                    : Errors.ofOpen(known, -descriptor, direct, options.followLinks());
        }
        boolean success = false;
        try {
            Statx status = status(descriptor);
            Optional<AioAlignment> alignment = alignment(status, direct);
            if (alignment.isEmpty()) {
                return Optional.empty();
            }
            prepare(descriptor, status);
            Optional<F> file = Optional.of(wrapper.apply(new Opened(descriptor, direct, alignment.get(), status)));
            success = true;
            return file;
        } finally {
            if (!success) {
                release(descriptor);
            }
        }
    }

    private void release(int descriptor) {
        try {
            if (created != null && isOfAnother(descriptor)) {
                created = null;
            }
            ReleaseCalls.close(kernel, descriptor);
        } finally {
            removeIfCreated();
        }
    }

    /** Returns {@code true} if another process has given the name to another file since it was created. */
    private boolean isOfAnother(int descriptor) {
        try {
            return !isNameOf(descriptor);
        } catch (IOException gone) {
            return false;
        }
    }

    private boolean isNameOf(int descriptor) throws IOException {
        return Files.isSameFile(path, Path.of("/proc/self/fd/" + descriptor));
    }

    private int openOrCreate(int flags) {
        return switch (options.creation()) {
            case NEVER -> kernel.open(name, flags, 0);
            case MUST_BE_NEW -> create(name, flags);
            case IF_ABSENT -> openElseCreate(flags);
        };
    }

    // In two steps, to know if this process created the file. If another process creates or deletes it in between, both
    // steps are repeated.
    private int openElseCreate(int flags) {
        if (lastWasNew) {
            // Each step takes a lock of the directory: one is enough for a program that creates many files.
            int descriptor = create(name, flags);
            if (created != null) {
                return descriptor;
            }
            creating = false;
        }
        for (int attempt = 0; attempt < 3; attempt++) {
            int descriptor = kernel.open(name, flags, 0);
            if (descriptor != -Errno.ENOENT) {
                lastWasNew = false;
                return descriptor;
            }
            descriptor = create(name, flags);
            if (descriptor != -Errno.EEXIST) {
                lastWasNew = descriptor >= 0;
                return descriptor;
            }
        }
        return createBehindLink(flags);
    }

    // A dangling symbolic link. O_EXCL does not follow it, and with O_CREAT alone the creator of the file is
    // unknown: so the link is followed here.
    private int createBehindLink(int flags) {
        int descriptor = create(PathBytes.of(SymbolicLinks.end(path)), flags);
        if (descriptor == -Errno.EEXIST) {
            return kernel.open(name, flags, 0);
        }
        if (descriptor >= 0 && !leadsTo(descriptor)) {
            // The link was changed meanwhile, or must not be followed (fs.protected_symlinks): the kernel decides.
            release(descriptor);
            return kernel.open(name, flags, 0);
        }
        return descriptor;
    }

    private boolean leadsTo(int descriptor) {
        try {
            return isNameOf(descriptor);
        } catch (IOException e) {
            return false;
        }
    }

    private int create(byte[] newName, int flags) {
        creating = true;
        int descriptor = kernel.open(newName, flags | OFlags.CREATE | OFlags.EXCLUSIVE, mode);
        // EINVAL: see open(boolean).
        created = descriptor >= 0 || descriptor == -Errno.EINVAL ? newName : null;
        return descriptor;
    }

    private void removeIfCreated() {
        if (created != null) {
            ReleaseCalls.unlink(kernel, created);
            created = null;
        }
    }

    private Statx status(int descriptor) throws IOException {
        Statx status = Statx.of(kernel, descriptor);
        if (status.error() < 0) {
            throw Errors.ofFile("statx", known, -status.error());
        }
        if (!status.isSuitable()) {
            throw Errors.unsuitable(known, status.typeName());
        }
        return status;
    }

    /** Returns the alignment; empty if direct I/O was requested and the file does not support it. */
    private static Optional<AioAlignment> alignment(Statx status, boolean direct) {
        if (!direct) {
            return Optional.of(AioAlignment.NONE);
        }
        Optional<AlignmentProbe.Found> found = AlignmentProbe.of(status);
        return found.isPresent() ? Optional.of(found.get().alignment()) : Optional.empty();
    }

    private void prepare(int descriptor, Statx status) throws IOException {
        int answer = OFlags.clearNonblock(kernel, descriptor);
        if (answer < 0) {
            throw Errors.ofFile("fcntl", known, -answer);
        }
        // Not by O_TRUNC: a file that is refused later keeps its contents.
        if (options.truncate() && created == null && status.isRegularFile()) {
            answer = kernel.ftruncate(descriptor, 0);
            if (answer < 0) {
                throw Errors.ofFile("truncate", known, -answer);
            }
        }
    }
}
