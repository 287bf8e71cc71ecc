package io.linuxaio;

/** The way by which requests reach the kernel. */
public enum AioBackend {
    /** The functions of the installed {@code libaio} shared library. */
    LIBAIO,

    /** Raw system calls through the C library, used where {@code libaio} is not installed. */
    SYSCALL
}
