package io.linuxaio;

import io.linuxaio.internal.access.ClosedException;
import io.linuxaio.internal.engine.FileHandle;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.Errno;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The conversion of the kernel's error numbers into exceptions with hints. No other class creates an {@link AioException}.
 * A hint is one sentence, or null if no remedy is known.
 */
final class Errors {
    private static final Map<Integer, String> HINTS = Map.ofEntries(
            Map.entry(Errno.EMFILE, "raise the limit of open files (ulimit -n, LimitNOFILE=), or close files"),
            Map.entry(Errno.ENFILE, "raise fs.file-max (sysctl), or close files"),
            Map.entry(Errno.ENOSPC, "free space on the filesystem"),
            Map.entry(Errno.EDQUOT, "free space, or raise the quota"),
            Map.entry(Errno.EFBIG, "raise the limit of file size (ulimit -f), or write a smaller file"),
            Map.entry(Errno.EIO, "look into the kernel's log (dmesg) for errors of the device"),
            Map.entry(Errno.EROFS, "mount the filesystem for writing"),
            Map.entry(Errno.EPERM, "check the file's attributes (lsattr) and the process's privileges"),
            Map.entry(Errno.EOPNOTSUPP, "use a filesystem that supports the operation"),
            Map.entry(Errno.ENOSYS, "allow the system call in the container's seccomp profile, or use a newer kernel"),
            Map.entry(Errno.ENOMEM, "free memory, or raise the memory limit of the cgroup or container (memory.max)"));

    // The reasons for which mmap(2) fails in io_setup: with mlockall(MCL_FUTURE) the ring counts as locked memory.
    private static final String RING_HINT =
            "io_setup maps a ring into the process: raise the limit of its address space"
                    + " (ulimit -v), that of locked memory if it locks what it maps (ulimit -l, mlockall), vm.max_map_count,"
                    + " or the memory limit of its cgroup or container (memory.max); or ask for a smaller queue depth";

    /** The failure of an operation if there is no memory for its own exception; allocated in advance. */
    static final IOException OUT_OF_MEMORY =
            new IOException("the operation failed; no memory was left to report the reason");

    /** The failure of an operation that an {@link Error} kept from being submitted; allocated in advance. */
    static final IOException NOT_SUBMITTED = new IOException(
            "the operation was not submitted, since an error was thrown before that: no memory was left,"
                    + " or the end of the stack was reached");

    private Errors() {}

    /** Initializes the class while there are memory and stack for it. */
    static void initialize() {
        // The call itself initializes the class.
    }

    /** Returns the exception for a failed system call on a file. */
    static IOException ofFile(String operation, Path file, int errno) {
        if (errno == Errno.ENOENT) {
            return new NoSuchFileException(file.toString());
        } else if (errno == Errno.EACCES) {
            return new AccessDeniedException(file.toString());
        } else if (errno == Errno.EEXIST) {
            return new FileAlreadyExistsException(file.toString());
        }
        return ofErrno(operation, file, errno);
    }

    /** Returns the answer of a system call on a file if it is at least 0, else throws the exception for it. */
    static long requireDone(String operation, FileHandle file, long answer) throws IOException {
        if (answer == FileHandle.CLOSED) {
            throw closedFile(file.path());
        } else if (answer < 0) {
            throw ofFile(operation, file.path(), (int) -answer);
        }
        return answer;
    }

    /** Returns the exception for a directory in which a file cannot be created or renamed. */
    static AccessDeniedException ofDirectory(Path file, Path directory) {
        return new AccessDeniedException(
                file.toString(),
                null,
                "its directory " + directory + " must be writable and searchable for this process");
    }

    /** Returns the exception for a finished file that could not be renamed to its target. */
    static IOException ofRename(Path target, Path directory, int errno) {
        return errno == Errno.EACCES
                ? ofDirectory(target, directory)
                : exception(
                        "rename", target, errno, "the new file was to take its place", renameHint(errno, directory), 0);
    }

    /** Returns {@code true} if an operation failed because the volume, or the user's share of it, is full. */
    static boolean isNoSpace(IOException failure) {
        return failure instanceof AioException aio && (aio.errno() == Errno.ENOSPC || aio.errno() == Errno.EDQUOT);
    }

    /**
     * Returns {@code true} if files cannot share extents: the filesystem or a seccomp filter does not allow it, they are on
     * different filesystems, or they have different settings (chattr(1)).
     *
     * @param answer 0 or -errno
     */
    static boolean isReflinkUnsupported(long answer) {
        return answer == -Errno.EOPNOTSUPP
                || answer == -Errno.EXDEV
                || answer == -Errno.EINVAL
                || answer == -Errno.ENOSYS
                || answer == -Errno.ETXTBSY;
    }

    /** Returns the exception for a failed open. */
    static IOException ofOpen(Path file, int errno, boolean direct, boolean followLinks) {
        if (errno == Errno.ELOOP && !followLinks) {
            return exception("open", file, errno, "it is a symbolic link and NOFOLLOW_LINKS was given", null, 0);
        } else if (errno == Errno.ELOOP) {
            return new FileSystemLoopException(file.toString());
        } else if (errno == Errno.EINVAL && direct) {
            return directIoUnsupported(file);
        } else if (errno == Errno.ENXIO) {
            return unsuitable(file, "FIFO, socket or device without a driver");
        } else if (errno == Errno.EISDIR) {
            return unsuitable(file, "directory");
        }
        return ofFile("open", file, errno);
    }

    /** Returns the exception for a file of a type on which AIO does not work, or blocks without end. */
    static AioException unsuitable(Path file, String type) {
        int errno = "directory".equals(type) ? Errno.EISDIR : Errno.EINVAL;
        return exception(
                "open",
                file,
                errno,
                "it is a " + type + "; only regular files and block devices are supported",
                null,
                0);
    }

    /** Returns the exception for a file that does not support direct I/O. */
    static AioException directIoUnsupported(Path file) {
        return exception(
                "open",
                file,
                Errno.EINVAL,
                "its filesystem has no direct I/O (O_DIRECT) for this file",
                directIoHint(file),
                0);
    }

    /** Returns the exception for a failed {@code io_setup}. */
    static AioException ofSetup(int depth, int errno) {
        return exception("io_setup", null, errno, null, setupHint(errno, depth), 0);
    }

    /** Returns the exception for an operation that completed with an error. */
    static IOException ofOperation(Slot slot) {
        int errno = -slot.result();
        String operation = slot.opcode().operation();
        StringBuilder detail = new StringBuilder();
        if (slot.opcode().isTransfer()) {
            detail.append(slot.length()).append(" bytes at position ").append(slot.position());
            if (slot.transferred() > 0) {
                detail.append(", of which ").append(slot.transferred()).append(" were moved");
            }
        }
        return exception(
                operation,
                slot.file().path(),
                errno,
                detail.isEmpty() ? null : detail.toString(),
                operationHint(errno, slot.file()),
                slot.transferred());
    }

    /** Returns the exception for an operation on a closed file. */
    static ClosedException closedFile(Path file) {
        return new ClosedException("the file is closed: " + file);
    }

    /** Returns the exception for an operation of a closed context, also if closed during the wait for a slot. */
    static ClosedException closedContext() {
        return new ClosedException("the context is closed");
    }

    /** Returns the exception for a thread that was interrupted while it waited for a slot. */
    static InterruptedIOException interruptedWhileFull() {
        return new InterruptedIOException("interrupted while the queue was full; the operation was not submitted");
    }

    /** Returns the exception for a read that would have to end beyond the largest position. */
    static AioException unreachable(Path file, long position) {
        return exception(
                "read",
                file,
                Errno.EINVAL,
                "what begins at position " + position + " ends beyond the largest position if whole blocks are read",
                "open it with AioOpenOption.BUFFERED",
                0);
    }

    /** Returns the exception for repeated reads that ended before the end of the file. */
    static AioException endsEarly(Path file, long position, long length, long count, long size) {
        String detail = length + " bytes at position " + position + ", of which " + count
                + " were read: the filesystem ends the read before the end of the file, which is at " + size;
        return exception("read", file, Errno.EIO, detail, null, count);
    }

    /** Returns the exception for an error number without further details. */
    static AioException ofErrno(String operation, Path file, int errno) {
        return exception(operation, file, errno, null, HINTS.get(errno), 0);
    }

    private static AioException exception(
            String operation, Path file, int errno, String detail, String hint, long bytesTransferred) {
        String name = Errno.symbol(errno);
        String reason = name + ", " + Errno.words(errno) + (detail == null ? "" : " (" + detail + ')');
        return new AioException(
                operation, file == null ? null : file.toString(), errno, name, reason, hint, bytesTransferred);
    }

    /** Returns a hint for {@code io_setup} that failed with a depth. */
    private static String setupHint(int errno, int depth) {
        if (errno == Errno.EAGAIN) {
            return exhaustedLimitHint(depth);
        } else if (errno == Errno.ENOSYS || errno == Errno.EPERM) {
            return "a seccomp profile or the kernel's configuration (CONFIG_AIO) denies Linux AIO; the default"
                    + " profiles of Docker, containerd and Podman allow it";
        } else if (errno == Errno.EINVAL) {
            return "a smaller queue depth than " + depth;
        }
        return errno == Errno.ENOMEM ? RING_HINT : HINTS.get(errno);
    }

    /** Returns a hint for a file without direct I/O, by the type of its filesystem. */
    private static String directIoHint(Path file) {
        String anyway = "open it with AioOpenOption.DIRECT_IF_SUPPORTED or BUFFERED, or ";
        return switch (filesystem(file)) {
            case "ext4" ->
                anyway + "change what keeps ext4 from it: data=journal (a mount option, or chattr +j), the"
                        + " feature inline_data for small files, encryption, or fs-verity";
            case "xfs", "btrfs", "f2fs" ->
                anyway + "move it to a directory without encryption, fs-verity or" + " compression";
            default -> anyway + "put it on ext4, xfs or btrfs";
        };
    }

    /** Returns the type of a file's filesystem, or of its directory's if it is gone; empty if unknown. */
    private static String filesystem(Path file) {
        for (Path known = file.toAbsolutePath(); known != null; known = known.getParent()) {
            try {
                return Files.getFileStore(known).type();
            } catch (NoSuchFileException gone) {
                // Its directory has the same one.
            } catch (IOException | SecurityException unknown) {
                return "";
            }
        }
        return "";
    }

    private static String renameHint(int errno, Path directory) {
        if (errno == Errno.EBUSY) {
            return "it is a mount point, as a file is that was mounted into a container: mount its directory instead,"
                    + " or write it in place";
        } else if (errno == Errno.EPERM) {
            return "it belongs to another user, and " + directory + " has the sticky bit; or it cannot be changed"
                    + " (lsattr)";
        } else if (errno == Errno.ENOENT) {
            return "another process removed the temporary file from " + directory + " or the directory; try again";
        }
        return HINTS.get(errno);
    }

    private static String operationHint(int errno, FileHandle file) {
        if (errno == Errno.EINVAL && file.granularity() > 1) {
            return "the filesystem refused the request although it fits the alignment that it named;"
                    + " open the file with AioOpenOption.BUFFERED";
        } else if (errno == Errno.EAGAIN && (file.flags().readFlags() & AioRequestFlag.NOWAIT.bits()) != 0) {
            return "it would have blocked; do it through a view without AioRequestFlag.NOWAIT";
        } else if (errno == Errno.EAGAIN) {
            return "the kernel accepted no operation for a long time; look for a hung device (dmesg)";
        }
        return HINTS.get(errno);
    }

    /** Returns the hint for an exhausted {@code aio-max-nr}, with the figures and the command that raises it. */
    private static String exhaustedLimitHint(int depth) {
        AioLimits limits;
        try {
            limits = LinuxAio.limits();
        } catch (UncheckedIOException hidden) {
            // A container may hide the figures; the hint is useful without them.
            return "aio-max-nr is used up by the contexts of all processes of this host, and " + depth
                    + " more were requested: raise it (sysctl fs.aio-max-nr), or ask for a smaller queue depth";
        }
        // Twice the limit, or the required number if greater, rounded up to a power of two, as is usual in sysctl.conf.
        long wanted = Long.highestOneBit(Math.max(2 * limits.max(), limits.used() + depth) * 2 - 1);
        return "aio-max-nr is " + limits.max() + ", of which " + limits.used() + " are used by the contexts of all"
                + " processes of this host, and " + depth + " more were requested: run sysctl -w fs.aio-max-nr="
                + wanted + ", or ask for a smaller queue depth";
    }
}
