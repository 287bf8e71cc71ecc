/**
 * Asynchronous, direct file I/O on Linux AIO.
 *
 * {@snippet class="io.linuxaio.examples.FirstProgram" region="first"}
 *
 * <p>The kernel moves bytes between the device and the program's own memory, past the page cache, while the program goes
 * on. A {@link java.util.concurrent.CompletableFuture} completes when the kernel is done with the operation. No operation
 * has a thread of its own, and no thread blocks in one.
 *
 * <h2>Where to begin</h2>
 *
 * <ul>
 *   <li>{@link io.linuxaio.files.AioFiles}: whole files and channels, of any length and without alignment.
 *   <li>{@link io.linuxaio.AioContext}, a submission queue, and {@link io.linuxaio.AioFile}, a file that it opens: blocks
 *       at positions, by futures. {@link io.linuxaio.AioBatch} submits many operations with one system call.
 *   <li>{@link io.linuxaio.AioQueue}: for one thread per core; no futures, and nothing is allocated for an operation.
 *   <li>{@link io.linuxaio.AioPoller}: for engines in which many threads submit and one of their own delivers all
 *       completions; no futures, and nothing is allocated for an operation.
 *   <li>{@link io.linuxaio.AioArena}, {@link io.linuxaio.AioBufferPool} and {@link io.linuxaio.AioBufferAllocator}:
 *       aligned memory that is not freed while the kernel uses it.
 *   <li>{@link io.linuxaio.LinuxAio}: availability on this host, or the reason for its lack, and the limits.
 *   <li>{@link io.linuxaio.AioException}: a failure that the kernel reported, with its error number and a remedy.
 * </ul>
 *
 * <h2>Lifetimes</h2>
 *
 * <p>The code that opens a context, queue, file, arena or pool closes it, best in one {@code try} statement: context first,
 * then memory, then files, so that they are closed in the reverse order. Closing waits for the operations in flight; it
 * never takes memory or a descriptor away from the kernel. A file outlives its context: operations through the closed
 * context fail, and another context can use the file.
 *
 * <p>A segment belongs to the kernel from the call until the future completes. Cancelling a future, or letting it time
 * out, does not change that: the kernel cannot cancel a request on a file. Until the kernel is done, an
 * {@link io.linuxaio.AioArena} refuses to close, a pool does not lend the buffer again, and segments of the JDK's
 * automatic and global arenas are kept reachable. A shared or confined arena of the JDK does not know of the operation.
 * The caller must not close it too early, or has such memory refused by {@link io.linuxaio.AioContext.Builder#strict}.
 *
 * <h2>Timeouts and cancellation</h2>
 *
 * <p>{@link java.util.concurrent.CompletableFuture#get(long, java.util.concurrent.TimeUnit) get} with a timeout leaves the
 * future as it was: a thread can wait for it again.
 *
 * {@snippet class="io.linuxaio.examples.Deadlines" region="get"}
 *
 * <p>{@code orTimeout} and {@code cancel} complete the future itself, which then no longer reports the result of the
 * operation. Apply them to a copy:
 *
 * {@snippet class="io.linuxaio.examples.Deadlines" region="copy"}
 *
 * <p>An interrupt ends {@code get}, within ten milliseconds, and the wait for a slot of a full queue. It ends neither
 * {@code join} nor the operation.
 *
 * <h2>Threads</h2>
 *
 * <p>All types except {@link io.linuxaio.AioQueue}, {@link io.linuxaio.AioBatch}, {@link io.linuxaio.AioPollerBatch} and
 * builders are safe for use by any thread, virtual threads included; one thread at a time polls an
 * {@link io.linuxaio.AioPoller}. Futures complete on the context's reaper thread, a daemon, unless the context has a
 * completion executor. Callbacks must be short and must not wait for another operation of that context. A thread that
 * waits for an operation's own future reaps completion events meanwhile, which saves a change of threads. A thread that
 * waits for a dependent stage, or for {@code allOf}, is parked.
 *
 * <p>Submitting is a system call on the calling thread. It may block if the filesystem has to allocate blocks first, and
 * if the queue is full. Callers that must not wait use {@link io.linuxaio.AioSubmitMode#NON_BLOCKING} and
 * {@link io.linuxaio.AioFullQueuePolicy#REJECT}.
 *
 * <h2>Failures</h2>
 *
 * <p>The call throws for mistakes of the caller, and if the queue is full and rejects. The future carries all other
 * failures: {@code join} throws a {@link java.util.concurrent.CompletionException} with the failure as its cause,
 * {@code get} an {@link java.util.concurrent.ExecutionException}. Closing a file or a context is no mistake, since another
 * thread may do that at any time.
 *
 * <table>
 *   <caption>Failures of operations on {@link io.linuxaio.AioFile}, {@link io.linuxaio.AioContext},
 *       {@link io.linuxaio.AioBatch}, {@link io.linuxaio.AioQueue} and {@link io.linuxaio.AioPoller}</caption>
 *   <thead>
 *     <tr>
 *       <th scope="col">kind of failure</th>
 *       <th scope="col">thrown by the call</th>
 *       <th scope="col">when</th>
 *       <th scope="col">the future carries</th>
 *     </tr>
 *   </thead>
 *   <tbody>
 *     <tr>
 *       <th scope="row">segment misaligned, on the heap, too long, or read-only for a read; position negative or
 *           misaligned</th>
 *       <td>{@link IllegalArgumentException}</td>
 *       <td>at the call</td>
 *       <td></td>
 *     </tr>
 *     <tr>
 *       <th scope="row">file not opened for reading, or for writing</th>
 *       <td>{@link java.nio.channels.NonReadableChannelException},
 *           {@link java.nio.channels.NonWritableChannelException}</td>
 *       <td>at the call</td>
 *       <td></td>
 *     </tr>
 *     <tr>
 *       <th scope="row">segment confined to another thread</th>
 *       <td>{@link WrongThreadException}</td>
 *       <td>at the call</td>
 *       <td></td>
 *     </tr>
 *     <tr>
 *       <th scope="row">arena closed, or pooled buffer released</th>
 *       <td>{@link IllegalStateException}</td>
 *       <td>at the call; in a batch, at {@code submit} unless the memory is freed already</td>
 *       <td>in a batch: {@link IllegalStateException}</td>
 *     </tr>
 *     <tr>
 *       <th scope="row">file or context closed</th>
 *       <td>nothing; methods without a future, such as {@link io.linuxaio.AioFile#size}, throw
 *           {@link java.nio.channels.ClosedChannelException}</td>
 *       <td>at the call, or while it waits for a slot</td>
 *       <td>{@link java.nio.channels.ClosedChannelException}</td>
 *     </tr>
 *     <tr>
 *       <th scope="row">file opened without a context, for the asynchronous methods of the file itself</th>
 *       <td>{@link IllegalStateException}</td>
 *       <td>at the call</td>
 *       <td></td>
 *     </tr>
 *     <tr>
 *       <th scope="row">{@code AioQueue}, arena, pool or allocator closed; for an {@code AioQueue}, also a closed file</th>
 *       <td>{@link IllegalStateException}</td>
 *       <td>at the call</td>
 *       <td></td>
 *     </tr>
 *     <tr>
 *       <th scope="row">{@code AioQueue} used by a thread that did not open it</th>
 *       <td>{@link WrongThreadException}</td>
 *       <td>at the call</td>
 *       <td></td>
 *     </tr>
 *     <tr>
 *       <th scope="row">{@code AioPoller} shut down or closed; its queue full, and the policy rejects or this thread polls it;
 *           an interrupt during the wait for a slot</th>
 *       <td>{@link java.util.concurrent.RejectedExecutionException}; the thread stays interrupted</td>
 *       <td>at the call; in a batch, at {@code submit}, which leaves the rest in the batch</td>
 *       <td></td>
 *     </tr>
 *     <tr>
 *       <th scope="row">{@code AioPoller}, for an operation: file closed, refused or failed by the kernel; in a batch, also
 *           memory closed meanwhile</th>
 *       <td>nothing</td>
 *       <td>at the next poll</td>
 *       <td>no future: the handler receives {@code EBADF}, the kernel's error number, or {@code EFAULT}, negated</td>
 *     </tr>
 *     <tr>
 *       <th scope="row">{@code AioPoller} polled by two threads, or in its handler; closed in its handler</th>
 *       <td>{@link IllegalStateException}</td>
 *       <td>at the call</td>
 *       <td></td>
 *     </tr>
 *     <tr>
 *       <th scope="row">queue full, with {@link io.linuxaio.AioFullQueuePolicy#REJECT}</th>
 *       <td>{@link java.util.concurrent.RejectedExecutionException}</td>
 *       <td>at the call; in a batch, at {@code submit}</td>
 *       <td>in a batch: {@link java.util.concurrent.RejectedExecutionException}</td>
 *     </tr>
 *     <tr>
 *       <th scope="row">interrupt during the wait for a slot</th>
 *       <td>nothing; the thread stays interrupted</td>
 *       <td>during the call</td>
 *       <td>{@link java.io.InterruptedIOException}</td>
 *     </tr>
 *     <tr>
 *       <th scope="row">batch cleared before it was submitted</th>
 *       <td>nothing</td>
 *       <td>at {@link io.linuxaio.AioBatch#clear}</td>
 *       <td>{@link java.util.concurrent.CancellationException}</td>
 *     </tr>
 *     <tr>
 *       <th scope="row">file ends before the last byte that {@code readFully} or {@code readMany} requests</th>
 *       <td>{@link java.io.EOFException}; nothing by the asynchronous forms</td>
 *       <td>when the file's end has been read</td>
 *       <td>{@link java.io.EOFException}</td>
 *     </tr>
 *     <tr>
 *       <th scope="row">{@code readFully}, {@code writeFully} or {@code readMany}, which wait, in a callback on a thread that
 *           delivers results</th>
 *       <td>{@link IllegalStateException}</td>
 *       <td>at the call</td>
 *       <td></td>
 *     </tr>
 *     <tr>
 *       <th scope="row">a call without a queue, such as {@link io.linuxaio.AioFile#allocate},
 *           {@link io.linuxaio.AioFile#force}, {@link io.linuxaio.AioFile#lock} or
 *           {@link io.linuxaio.files.AioFiles#syncDirectory}, refused by the kernel or not supported by the filesystem</th>
 *       <td>{@link io.linuxaio.AioException} or another {@link java.nio.file.FileSystemException}</td>
 *       <td>at the call</td>
 *       <td>of the asynchronous forms in {@link io.linuxaio.files.AioFileOperations}: the same</td>
 *     </tr>
 *     <tr>
 *       <th scope="row">file locked already by this open file; by another process or open file</th>
 *       <td>{@link java.nio.channels.OverlappingFileLockException}; nothing:
 *           {@link io.linuxaio.AioFile#tryLock} returns an empty result</td>
 *       <td>at the call</td>
 *       <td></td>
 *     </tr>
 *     <tr>
 *       <th scope="row">refused or failed by the kernel</th>
 *       <td>nothing</td>
 *       <td>when the operation completes</td>
 *       <td>{@link io.linuxaio.AioException} or another {@link java.nio.file.FileSystemException}</td>
 *     </tr>
 *   </tbody>
 * </table>
 *
 * <p>A write succeeds only if every byte was written. If it fails,
 * {@link io.linuxaio.AioException#bytesTransferred} reports the number of bytes written before. An {@code AioQueue} or
 * {@code AioPoller} has no futures: its handler receives the kernel's error number, negated.
 *
 * <p>If Linux AIO is not available, opening a context or a file throws {@link UnsupportedOperationException} with the
 * reason. {@link io.linuxaio.LinuxAio#isAvailable} reports that before anything is opened.
 *
 * <h2>Requirements</h2>
 *
 * <p>Linux on x86-64 or arm64; tested with Linux 5.10 to 7.3. Linux 4.11 is the minimum, for {@code statx(2)}, which the
 * library calls without the C library's function of that name. Support for riscv64 and ppc64le is built in but untested.
 * A JDK 25 is started with {@code --enable-native-access=io.linuxaio}, or {@code ALL-UNNAMED} if the library is on the class
 * path.
 *
 * <p>The library uses libaio if it is installed, by the name {@code libaio.so.1t64}, {@code libaio.so.1} or
 * {@code libaio.so}, or by the name in the system property {@code io.linuxaio.library}. Otherwise raw system calls do the
 * same. The system property {@code io.linuxaio.backend} forces {@code libaio} or {@code syscall}. Both properties are read
 * once, when the library is first used.
 *
 * <h2>More to read</h2>
 *
 * <ul>
 *   <li>Durability: {@link io.linuxaio.AioFile#sync}, {@link io.linuxaio.AioFile#dataSync} and
 *       {@link io.linuxaio.AioRequestFlag}.
 *   <li>Alignment and memory: {@link io.linuxaio.AioAlignment}, {@link io.linuxaio.AioArena} and
 *       {@link io.linuxaio.AioBufferPool}.
 *   <li>Submitting, and when it blocks: {@link io.linuxaio.AioSubmitMode} and {@link io.linuxaio.AioFile#allocate}.
 *   <li>Reaping: {@link io.linuxaio.AioContext.Builder#callerReaping(boolean)} and
 *       {@link io.linuxaio.AioContext.Builder#busyPoll}.
 *   <li>Queue depth: {@link io.linuxaio.AioContext.Builder#queueDepth(int)} and {@link io.linuxaio.LinuxAio#limits}.
 *   <li>Event loops: {@link io.linuxaio.AioQueue#open(int, int)}.
 *   <li>Statistics: {@link io.linuxaio.AioStats} and {@link io.linuxaio.AioContextMXBean}.
 * </ul>
 *
 * <p>The source tree has a page on each of these subjects, in {@code src/docs}. Its programs, in
 * {@code src/test/java/io/linuxaio/examples}, are compiled and run by the build.
 */
package io.linuxaio;
