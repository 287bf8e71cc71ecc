/**
 * Other ways to do I/O from Java, each as its users would use it for speed: the JDK's channels, and libraries. A
 * library that cannot be loaded, or does not work on this machine, fails in {@code open} alone and with the reason.
 *
 * <p>To know when reading their figures:
 *
 * <ul>
 *   <li>FileChannel: with O_DIRECT the JDK adds a carrier for every virtual thread that is inside an operation, so as
 *       many kernel threads work as with platform threads, up to 256.
 *   <li>AsynchronousFileChannel: blocking calls on the JDK's default pool, which grows as it needs to.
 *   <li>Artemis: one {@code io_submit} per operation, there is nothing else. Its callbacks do not receive how many bytes
 *       were moved, so that a short transfer would pass for a whole one; that the data is right is seen in the pass
 *       that checks. Its context is made one larger than the depth, without which it would call {@code io_getevents}
 *       where its reading of the ring in user space finds all there can be.
 *   <li>jasyncfio: by default its event loop spins for a second before it sleeps, which is processor time of a whole
 *       core; "futures" is that, "futures-sleeping" is not. What a callback submits on the event loop reaches the
 *       kernel only when that goes to sleep, so "callbacks" lets it do so at once. Its own option DIRECT works only on
 *       devices that can be polled; O_DIRECT is set by {@code fcntl} instead.
 *   <li>LWJGL: the functions that take addresses, which allocate nothing; IORING_SETUP_SINGLE_ISSUER and
 *       IORING_SETUP_DEFER_TASKRUN where the kernel has them. "batch" submits and waits in one call, which Linux AIO
 *       has none for. io_uring is not to be had under the default seccomp profiles of containers.
 *   <li>Where several threads submit, each has a context or a ring, and a descriptor, of its own with artemis-poll and
 *       LWJGL; with futures they share one of each. C, fio and AioQueue have a context for each thread; C and AioQueue
 *       share a descriptor.
 * </ul>
 */
package io.linuxaio.bench.peers;
