package io.linuxaio.internal.kernel;

import io.linuxaio.internal.abi.Abi;
import java.util.Map;

/** The error numbers of the kernel that the library handles, with their names and descriptions (errno(3)). */
public final class Errno {
    public static final int EPERM = Abi.EPERM();
    public static final int ENOENT = Abi.ENOENT();
    public static final int EINTR = Abi.EINTR();
    public static final int EIO = Abi.EIO();
    public static final int ENXIO = Abi.ENXIO();
    public static final int EBADF = Abi.EBADF();
    public static final int EAGAIN = Abi.EAGAIN();
    public static final int ENOMEM = Abi.ENOMEM();
    public static final int EACCES = Abi.EACCES();
    public static final int EFAULT = Abi.EFAULT();
    public static final int EBUSY = Abi.EBUSY();
    public static final int EEXIST = Abi.EEXIST();
    public static final int ENODEV = Abi.ENODEV();
    public static final int ENOTDIR = Abi.ENOTDIR();
    public static final int EISDIR = Abi.EISDIR();
    public static final int EINVAL = Abi.EINVAL();
    public static final int ENFILE = Abi.ENFILE();
    public static final int EMFILE = Abi.EMFILE();
    public static final int ETXTBSY = Abi.ETXTBSY();
    public static final int EFBIG = Abi.EFBIG();
    public static final int ENOSPC = Abi.ENOSPC();
    public static final int EROFS = Abi.EROFS();
    public static final int ENAMETOOLONG = Abi.ENAMETOOLONG();
    public static final int ENOSYS = Abi.ENOSYS();
    public static final int ELOOP = Abi.ELOOP();
    public static final int EOPNOTSUPP = Abi.EOPNOTSUPP();
    public static final int EDQUOT = Abi.EDQUOT();
    public static final int EXDEV = Abi.EXDEV();
    public static final int ERANGE = Abi.ERANGE();

    /** The extended attribute does not exist. From asm-generic/errno.h; not part of the bindings. */
    public static final int ENODATA = 61;

    public static final int ECANCELED = Abi.ECANCELED();
    public static final int ESTALE = Abi.ESTALE();
    public static final int EOVERFLOW = Abi.EOVERFLOW();

    private Errno() {}

    private record Description(String symbol, String words) {}

    private static Map.Entry<Integer, Description> known(int errno, String symbol, String words) {
        return Map.entry(errno, new Description(symbol, words));
    }

    // Built on each failure rather than at startup.
    private static Map<Integer, Description> known() {
        return Map.ofEntries(
                known(EPERM, "EPERM", "operation not permitted"),
                known(ENOENT, "ENOENT", "no such file or directory"),
                known(EINTR, "EINTR", "interrupted by a signal"),
                known(EIO, "EIO", "input/output error"),
                known(ENXIO, "ENXIO", "no such device or address"),
                known(EBADF, "EBADF", "bad file descriptor"),
                known(EAGAIN, "EAGAIN", "resource temporarily unavailable"),
                known(ENOMEM, "ENOMEM", "out of memory"),
                known(EACCES, "EACCES", "permission denied"),
                known(EFAULT, "EFAULT", "bad address"),
                known(EBUSY, "EBUSY", "device or resource busy"),
                known(EEXIST, "EEXIST", "file exists"),
                known(ENODEV, "ENODEV", "operation not supported by the device"),
                known(ENOTDIR, "ENOTDIR", "not a directory"),
                known(EISDIR, "EISDIR", "is a directory"),
                known(EINVAL, "EINVAL", "invalid argument"),
                known(ENFILE, "ENFILE", "too many open files in the system"),
                known(EMFILE, "EMFILE", "too many open files in the process"),
                known(ETXTBSY, "ETXTBSY", "the program is running"),
                known(EFBIG, "EFBIG", "file too large"),
                known(ENOSPC, "ENOSPC", "no space left on device"),
                known(EROFS, "EROFS", "read-only filesystem"),
                known(ENAMETOOLONG, "ENAMETOOLONG", "file name too long"),
                known(ENOSYS, "ENOSYS", "system call not available"),
                known(ELOOP, "ELOOP", "too many symbolic links"),
                known(EOPNOTSUPP, "EOPNOTSUPP", "operation not supported"),
                known(EXDEV, "EXDEV", "the names are on different filesystems"),
                known(ERANGE, "ERANGE", "result too large"),
                known(ENODATA, "ENODATA", "no data available"),
                known(EDQUOT, "EDQUOT", "disk quota exceeded"),
                known(ECANCELED, "ECANCELED", "operation cancelled"),
                known(ESTALE, "ESTALE", "stale file handle"),
                known(EOVERFLOW, "EOVERFLOW", "value too large"));
    }

    /** Returns the symbol, such as {@code EINVAL}, or {@code errno 123} if the number is not one of these. */
    public static String symbol(int errno) {
        Description description = known().get(errno);
        return description == null ? "errno " + errno : description.symbol();
    }

    /** Returns a description of the error in words. */
    public static String words(int errno) {
        Description description = known().get(errno);
        return description == null ? "see errno(3)" : description.words();
    }
}
