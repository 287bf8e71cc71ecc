package io.linuxaio.internal.kernel;

/** The system calls of the seam, for {@link FakeKernel#fail}. */
public enum FakeCall {
    SETUP,
    DESTROY,
    SUBMIT,
    GET_EVENTS,
    OPEN,
    CLOSE,
    STATX,
    FALLOCATE,
    FTRUNCATE,
    FSYNC,
    FDATASYNC,
    FLOCK,
    REFLINK,
    FADVISE,
    FCNTL,
    LSEEK,
    UNLINK,
    RENAME,
    FCHOWN,
    FCHMOD,
    GETXATTR,
    LISTXATTR,
    FSETXATTR,
    FREMOVEXATTR
}
