/**
 * Reaping: the choice of the thread that takes the completion events of a context.
 *
 * <p>At most one thread reaps at a time, since the completion ring has a single consumer: the owner of the
 * {@link io.linuxaio.internal.engine.reap.RingLock}. The lock passes between the
 * {@link io.linuxaio.internal.engine.reap.Reaper} thread and the threads that wait for results, which follow the
 * Leader/Followers pattern ({@link io.linuxaio.internal.engine.reap.LeaderFollowers}).
 * {@link io.linuxaio.internal.engine.reap.AdaptiveReapPolicy} decides which of the two:
 *
 * <pre>
 *                     3 results in a row that a thread waited for
 *   REAPER REAPS ------------------------------------------------------&gt; CALLERS REAP
 *   lock reserved,  &lt;----------------------------------------------------  lock not reserved,
 *   reaper waits in   a callback ran on the reaper's thread,               reaper polls the ring
 *   io_getevents      requestReap(), signal(), close(),                    every IDLE_POLL_NANOS
 *        ^            or 64 idle polls in a row                               |           ^
 *        |                                                          tryLock() |           | unlocked
 *        |                                                                    v           |
 *        | unlocked, after signal() or close()                             LEADER waits in io_getevents,
 *        +---------------------------------------------------------------- FOLLOWERS are parked
 * </pre>
 *
 * <p>Each return from the right to the left doubles the number of results required, up to 3,072; 64 idle polls reset it
 * to 3. A poll is idle if it finds no event and no caller has reaped since the poll before.
 *
 * <p>A leader calls {@code signal()} if it has reaped a result with a callback, if {@code io_getevents} fails, or if an
 * {@link Error} is thrown. {@code requestReap()} serves threads that wait but do not lead: virtual threads, workers of
 * fork-join pools, threads in a callback, and the second thread that waits for the same result. Both reserve the lock for
 * the reaper; a leader keeps it until its own result is there. The lock is never reserved for a caller.
 *
 * <p>A thread that releases the lock hands it off to one parked thread, to the reaper if the lock is reserved. A thread
 * about to park registers first, then checks the lock again. So either the releasing thread sees the parked one, or the
 * parked one sees the free lock.
 */
package io.linuxaio.internal.engine.reap;
