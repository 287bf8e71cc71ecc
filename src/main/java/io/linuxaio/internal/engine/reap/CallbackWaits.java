package io.linuxaio.internal.engine.reap;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Waits-for graph of the callbacks that wait for an operation of another context. A wait that would close a cycle is
 * refused, since none of the callbacks in it would ever return.
 */
final class CallbackWaits {
    /** Maps a thread in a callback to the reaper of the context whose operation it waits for. Guarded by this class. */
    private static final Map<Thread, Reaper> WAITS = new HashMap<>();

    private CallbackWaits() {}

    /**
     * Begins the wait of the calling thread.
     *
     * @param target the reaper of the context that the operation belongs to
     * @return the previous wait of this thread, to be passed to {@link #end}; null if there was none
     * @throws IllegalStateException if the target, or a context that it waits for, waits for the calling thread
     */
    static synchronized Reaper begin(Reaper target) {
        if (leadsTo(Thread.currentThread(), target, new HashSet<>())) {
            throw new IllegalStateException(
                    "a callback must not wait for an operation of a context whose callback waits"
                            + " for an operation of this one: neither would return");
        }
        return WAITS.put(Thread.currentThread(), target);
    }

    /** Ends what {@link #begin} began. */
    static synchronized void end(Reaper previous) {
        if (previous == null) {
            WAITS.remove(Thread.currentThread());
        } else {
            WAITS.put(Thread.currentThread(), previous);
        }
    }

    private static boolean leadsTo(Thread current, Reaper reaper, Set<Reaper> seen) {
        if (!seen.add(reaper)) {
            return false;
        }
        for (Thread thread : reaper.deliverers()) {
            Reaper next = WAITS.get(thread);
            if (thread == current || (next != null && leadsTo(current, next, seen))) {
                return true;
            }
        }
        return false;
    }
}
