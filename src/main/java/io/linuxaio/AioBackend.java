package io.linuxaio;

/** The implementation of the system calls by which requests reach the kernel. */
public enum AioBackend {
    /** The functions of the installed {@code libaio} shared library. */
    LIBAIO,

    /** Raw system calls, by {@code syscall} of the C library; used if {@code libaio} is not installed. */
    SYSCALL
}
