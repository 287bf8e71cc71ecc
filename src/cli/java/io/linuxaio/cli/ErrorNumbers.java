package io.linuxaio.cli;

/** Words for the error numbers that an AioQueue answers, which are the same on x86-64 and arm64. */
final class ErrorNumbers {
    static final int EAGAIN = 11;
    static final int EINVAL = 22;
    static final int EOPNOTSUPP = 95;

    private ErrorNumbers() {}

    static String words(int errno) {
        return switch (errno) {
            case 5 -> "EIO: the device failed; dmesg says more";
            case EAGAIN -> "EAGAIN: it would have waited";
            case EINVAL -> "EINVAL: the device does not take this block size or position";
            case 27 -> "EFBIG: longer than a file may be here (ulimit -f)";
            case 28 -> "ENOSPC: no space is left on the filesystem";
            case 30 -> "EROFS: the filesystem is read-only";
            case EOPNOTSUPP -> "EOPNOTSUPP: the filesystem cannot do this";
            case 122 -> "EDQUOT: the quota is used up";
            default -> "error number " + errno;
        };
    }
}
