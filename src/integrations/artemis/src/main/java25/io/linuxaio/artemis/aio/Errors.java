package io.linuxaio.artemis.aio;

/** The error numbers that are reported without a system call, equal on all architectures of Linux that Java runs on. */
final class Errors {
    static final int EIO = 5;
    static final int EFAULT = 14;
    static final int EINVAL = 22;
    static final int ECANCELED = 125;

    private Errors() {}
}
