/**
 * Whole files, copies, channels and reactive streams on top of {@code io.linuxaio}.
 *
 * <p>Nothing here requires alignment: bytes are read and written at any position and of any length, in whole blocks with
 * direct I/O where the file has it. {@link io.linuxaio.files.AioFiles} is the entry point.
 *
 * <ul>
 *   <li>{@link io.linuxaio.files.AioFiles}: reads, writes, replaces and copies whole files.
 *   <li>{@link io.linuxaio.files.AioReadChannel} and {@link io.linuxaio.files.AioWriteChannel}: channels of
 *       {@code java.nio} with read-ahead and write-behind.
 *   <li>{@link io.linuxaio.files.AioFlow}: a file as a {@link java.util.concurrent.Flow.Publisher} or
 *       {@link java.util.concurrent.Flow.Subscriber} of buffers.
 * </ul>
 *
 * <p>Methods that take no context use the shared one of the process, which is opened at the first use and closed when
 * idle. What failed is reported as an {@link java.io.IOException}, as {@code io.linuxaio} describes it.
 */
package io.linuxaio.files;
