/**
 * Asynchronous, direct file I/O on Linux AIO.
 *
 * <h2>Where to begin</h2>
 *
 * <ul>
 *   <li>{@link io.linuxaio.AioFiles}: whole files and channels, any length, no alignment.
 *   <li>{@link io.linuxaio.AioContext} and {@link io.linuxaio.AioFile}: blocks at positions, by futures.
 *   <li>{@link io.linuxaio.AioQueue}: one thread per core, no futures, nothing allocated for an operation.
 *   <li>{@link io.linuxaio.LinuxAio}: whether it works here, and if not why.
 * </ul>
 *
 * <h2>What is needed</h2>
 *
 * <p>Linux on x86-64, arm64, riscv64 or ppc64le; a C library with {@code statx} (glibc 2.28, musl 1.2.3); a JDK 25 started
 * with {@code --enable-native-access=io.linuxaio}, or {@code ALL-UNNAMED} where the library is on the class path.
 *
 * <p>libaio is used if it is installed, under the names {@code libaio.so.1t64}, {@code libaio.so.1} or
 * {@code libaio.so}, or the one that the system property {@code io.linuxaio.library} gives; else raw system calls do the
 * same. The system property {@code io.linuxaio.backend} forces {@code libaio} or {@code syscall}. Both properties are
 * read once, when the library is first used.
 *
 * <h2>Who may do what</h2>
 *
 * <p>Everything but {@link io.linuxaio.AioQueue}, {@link io.linuxaio.AioBatch} and builders is safe for use by any thread.
 * Futures complete on a context's reaper thread unless it was given an executor; what is attached to them must be short.
 *
 * <p>Mistakes of the caller are thrown where they are made, as unchecked exceptions. What the kernel answers arrives in
 * the future, as an {@link io.linuxaio.AioException} or one of {@code java.nio.file}; it is checked where it is thrown.
 */
package io.linuxaio;
