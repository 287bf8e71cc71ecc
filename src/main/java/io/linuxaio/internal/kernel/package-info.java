/**
 * The seam to the system: each method of {@link io.linuxaio.internal.kernel.Kernel} is one system call that returns a
 * value of at least 0, or {@code -errno}. Two implementations exist, through libaio and through raw system calls.
 */
package io.linuxaio.internal.kernel;
