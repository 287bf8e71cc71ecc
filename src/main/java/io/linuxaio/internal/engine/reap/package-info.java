/**
 * Reaping: which thread takes the completion events of a context.
 *
 * <p>At most one thread reaps at a time, since the completion ring has one consumer: it holds the
 * {@link io.linuxaio.internal.engine.reap.RingLock}. The lock passes between the
 * {@link io.linuxaio.internal.engine.reap.Reaper} thread and the threads that wait for results, which follow the
 * Leader/Followers pattern ({@link io.linuxaio.internal.engine.reap.LeaderFollowers}).
 * {@link io.linuxaio.internal.engine.reap.AdaptiveReapPolicy} decides which of the two:
 *
 * <pre>
 *              a callback ran, close, requestReap()
 *        +------------------------------------------------+
 *        v                                                |
 *   REAPER REAPS  -- results taken by waiting threads --&gt; CALLERS REAP
 *   lock reserved                                        lock free
 *   for the reaper                                            |
 *        ^                                                    | a waiting thread takes the lock
 *        |                                                    v
 *        |        nobody waits, events left over         LEADER waits in io_getevents,
 *        +-- (the reaper polls the idle ring) ---------- FOLLOWERS are parked; on leaving,
 *                                                        the leader hands the lock off to one
 * </pre>
 *
 * <p>A thread that releases the lock hands it off to one parked thread; a thread about to park first registers, then
 * checks the lock once more. So either the releasing thread sees the parked one, or the parked one the free lock.
 */
package io.linuxaio.internal.engine.reap;
