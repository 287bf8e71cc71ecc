/**
 * Asynchronous, direct file I/O on Linux AIO.
 *
 * {@snippet class="io.linuxaio.examples.FirstProgram" region="first"}
 *
 * <p>An operation is handed to the kernel, which moves bytes between the device and the program's own memory, past the
 * page cache, while the program goes on. Its {@link java.util.concurrent.CompletableFuture} completes when the kernel is
 * done. There is no thread for each operation, and no thread that blocks in one.
 *
 * <h2>Where to begin</h2>
 *
 * <ul>
 *   <li>{@link io.linuxaio.files.AioFiles}: whole files and channels, any length, no alignment.
 *   <li>{@link io.linuxaio.AioContext}, a queue to the kernel, and {@link io.linuxaio.AioFile}, which it opens: blocks at
 *       positions, by futures. {@link io.linuxaio.AioBatch} submits many of them with one system call.
 *   <li>{@link io.linuxaio.AioQueue}: for one thread per core; no futures, nothing allocated for an operation.
 *   <li>{@link io.linuxaio.AioArena} and {@link io.linuxaio.AioBufferPool}: memory that fits direct I/O and is not freed
 *       under the kernel.
 *   <li>{@link io.linuxaio.LinuxAio}: whether it works here, and if not why; what this host and a path allow.
 *   <li>{@link io.linuxaio.AioException}: what the kernel refused, with the error number and what to do about it.
 * </ul>
 *
 * <h2>How long things live</h2>
 *
 * <p>Contexts, queues, files, arenas and pools are closed by who opened them, best in one {@code try} statement: context
 * first, then memory, then files, so that they close the other way round. Closing waits for what is in flight; it never
 * pulls memory or a descriptor away from the kernel. A file outlives its context; operations through the closed context
 * fail, and another context can take the file.
 *
 * <p>A segment is the kernel's from the call until the future completes. That a future was cancelled, timed out or
 * forgotten changes nothing of it: the kernel cannot take a request on a file back. So an {@link io.linuxaio.AioArena}
 * refuses to close meanwhile, a buffer of a pool comes back later, and segments of the JDK's automatic and global arenas
 * are kept reachable. A shared or confined arena of the JDK does not know of the kernel: do not close it too early, or
 * have such memory refused, see {@link io.linuxaio.AioContext.Builder#strict}.
 *
 * <h2>Giving up</h2>
 *
 * <p>{@link java.util.concurrent.CompletableFuture#get(long, java.util.concurrent.TimeUnit) get} with a time limit leaves
 * the future as it was: it can be waited for again.
 *
 * {@snippet class="io.linuxaio.examples.Deadlines" region="get"}
 *
 * <p>{@code orTimeout} and {@code cancel} end the future itself, and what became of the operation cannot be learnt from
 * it any more. Apply them to a copy:
 *
 * {@snippet class="io.linuxaio.examples.Deadlines" region="copy"}
 *
 * <p>An interrupt ends {@code get}, within ten milliseconds, and the wait for a place in a full queue; it ends neither
 * {@code join} nor the operation.
 *
 * <h2>Who may do what</h2>
 *
 * <p>Everything but {@link io.linuxaio.AioQueue}, {@link io.linuxaio.AioBatch} and builders is safe for use by any thread,
 * virtual ones included. Futures complete on a context's reaper thread, a daemon, unless the context was given an
 * executor; what is attached to them must be short and must not wait for another operation of that context. A thread that
 * waits for an operation's own future takes completions itself meanwhile, which is quicker; on a stage behind it, or on
 * {@code allOf}, it sleeps.
 *
 * <p>Submitting is a system call on the calling thread. It may be held up where the filesystem has to allocate blocks
 * first, and where the queue is full; {@link io.linuxaio.AioSubmitMode#NON_BLOCKING} and
 * {@link io.linuxaio.AioFullQueuePolicy#REJECT} are for those who cannot wait.
 *
 * <h2>What goes wrong, and where it is told</h2>
 *
 * <ul>
 *   <li>Mistakes of the caller are thrown where they are made, as unchecked exceptions: memory or a position that is
 *       misaligned ({@link IllegalArgumentException}, by how much), memory of a closed arena or a closed
 *       {@code AioQueue} or pool ({@link IllegalStateException}), the wrong thread
 *       ({@link WrongThreadException}), a full queue that rejects
 *       ({@link java.util.concurrent.RejectedExecutionException}).
 *   <li>A file or a context that is closed, also while an operation waits for a slot, is no mistake: other threads may
 *       close it. The future fails with {@link java.nio.channels.ClosedChannelException}; methods without a future, such
 *       as {@link io.linuxaio.AioFile#size}, throw it. An {@code AioQueue}, which has one owner, throws
 *       {@link IllegalStateException} for a closed file.
 *   <li>What the kernel answers arrives in the future, as an {@link io.linuxaio.AioException} or another
 *       {@link java.nio.file.FileSystemException}: from {@code join} in a
 *       {@link java.util.concurrent.CompletionException}, from {@code get} in an
 *       {@link java.util.concurrent.ExecutionException}. A write succeeds only when all of it was written; where it
 *       failed, {@link io.linuxaio.AioException#bytesTransferred} tells how far it came.
 *   <li>That Linux AIO is not to be had here is an {@link UnsupportedOperationException} with the reason, or
 *       {@link io.linuxaio.LinuxAio#isAvailable}, before anything is opened.
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
 * <h2>More to read</h2>
 *
 * <p>In the folder {@code src/docs} of the sources: {@code durability.md}, {@code buffers-and-alignment.md},
 * {@code submitting.md} (when it blocks), {@code who-reaps.md}, {@code queue-depth.md}, {@code time-and-cancellation.md},
 * {@code event-loop.md}, {@code from-asynchronous-file-channel.md}. The examples here and there are in
 * {@code src/test/java/io/linuxaio/examples}; the build runs them.
 */
package io.linuxaio;
