/**
 * The system-call layer. Each method of {@link io.linuxaio.internal.kernel.Kernel} is one system call that returns a
 * value of at least 0, or {@code -errno}. Two back ends implement it: libaio and raw system calls.
 */
package io.linuxaio.internal.kernel;
