package io.linuxaio;

import io.linuxaio.internal.engine.OpenFile;
import io.linuxaio.internal.kernel.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/** What can be done about an error, in one sentence; null where nothing sensible can be said. */
final class Remedies {
    private static final Map<Integer, String> OF_FILE = Map.of(
            Errno.EMFILE, "raise the limit of open files (ulimit -n, LimitNOFILE=), or close files",
            Errno.ENFILE, "raise fs.file-max (sysctl), or close files",
            Errno.ENOSPC, "free space on the filesystem",
            Errno.EDQUOT, "free space, or raise the quota",
            Errno.EFBIG, "raise the limit of file size (ulimit -f), or write a smaller file",
            Errno.EROFS, "mount the filesystem for writing",
            Errno.EPERM, "check the file's attributes (lsattr) and the process's privileges",
            Errno.EOPNOTSUPP, "use a filesystem that supports the operation",
            Errno.ENOSYS, "allow the system call in the container's seccomp profile, or use a newer kernel",
            Errno.ENOMEM, "free memory, or raise the memory limit of the cgroup or container (memory.max)");

    // What mmap(2) refuses io_setup: with mlockall(MCL_FUTURE) the ring counts as locked memory.
    private static final String OF_RING = "io_setup maps a ring into the process: raise the limit of its address space"
            + " (ulimit -v), that of locked memory if it locks what it maps (ulimit -l, mlockall), vm.max_map_count,"
            + " or the memory limit of its cgroup or container (memory.max); or ask for a smaller queue depth";

    private Remedies() {}

    static String ofFile(int errno) {
        return OF_FILE.get(errno);
    }

    /** What can be done where {@code io_setup} refuses a context of so many operations. */
    static String ofSetup(int errno, int depth) {
        if (errno == Errno.EAGAIN) {
            return ofExhaustedLimit(depth);
        } else if (errno == Errno.ENOSYS || errno == Errno.EPERM) {
            return "a seccomp profile or the kernel's configuration (CONFIG_AIO) denies Linux AIO; the default"
                    + " profiles of Docker, containerd and Podman allow it";
        } else if (errno == Errno.EINVAL) {
            return "a smaller queue depth than " + depth;
        }
        return errno == Errno.ENOMEM ? OF_RING : ofFile(errno);
    }

    /** What can be done where a file has no direct I/O, by the type of its filesystem. */
    static String ofRefusedDirectIo(Path file) {
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

    /** Returns the type of a file's filesystem, of its directory if it is gone; empty if that is not known. */
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

    static String ofRename(int errno, Path directory) {
        if (errno == Errno.EBUSY) {
            return "it is a mount point, as a file is that was mounted into a container: mount its directory instead,"
                    + " or write it in place";
        } else if (errno == Errno.EPERM) {
            return "it belongs to another user, and " + directory + " has the sticky bit; or it cannot be changed"
                    + " (lsattr)";
        } else if (errno == Errno.ENOENT) {
            return "another process removed the temporary file from " + directory + " or the directory; try again";
        }
        return ofFile(errno);
    }

    static String ofOperation(int errno, OpenFile file) {
        if (errno == Errno.EINVAL && file.granularity() > 1) {
            return "the filesystem refused the request although it fits the alignment that it named;"
                    + " open the file with AioOpenOption.BUFFERED";
        } else if (errno == Errno.EIO) {
            return "look into the kernel's log (dmesg) for errors of the device";
        } else if (errno == Errno.EAGAIN && (file.flags().ofReads() & AioFlag.NOWAIT.bits()) != 0) {
            return "it would have blocked; do it through a view without AioFlag.NOWAIT";
        } else if (errno == Errno.EAGAIN) {
            return "the kernel took no operation for a long time; look for a hung device (dmesg)";
        }
        return ofFile(errno);
    }

    /** {@code aio-max-nr} is used up: the message has the figures and the line to type. */
    static String ofExhaustedLimit(int depth) {
        AioLimits limits;
        try {
            limits = LinuxAio.limits();
        } catch (UncheckedIOException hidden) {
            // A container may hide the figures; what was refused is to be told all the same.
            return "aio-max-nr is used up by the contexts of all processes of this host, and " + depth
                    + " more were asked for: raise it (sysctl fs.aio-max-nr), or ask for a smaller queue depth";
        }
        // Twice the limit, or what is needed if that is more: rounded up to a power of two as administrators write it.
        long wanted = Long.highestOneBit(Math.max(2 * limits.max(), limits.used() + depth) * 2 - 1);
        return "aio-max-nr is " + limits.max() + ", of which " + limits.used() + " are used by the contexts of all"
                + " processes of this host, and " + depth + " more were asked for: run sysctl -w fs.aio-max-nr="
                + wanted + ", or ask for a smaller queue depth";
    }
}
