package io.linuxaio.internal.engine;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A registry of the reference counts of arenas, by scope. It finds the count that keeps a segment's arena open while an
 * operation uses the segment.
 *
 * <p>All slices of a segment share its scope, which is the only link from a segment to its arena; so arenas register their
 * scopes. An arena has one count, or one for each of its buffers, which are distinguished by address.
 */
public final class ArenaRefs {
    private static final ConcurrentMap<MemorySegment.Scope, SegmentRefs> GUARDS = new ConcurrentHashMap<>();

    private ArenaRefs() {}

    /** Registers the reference counts for the segments of a scope. */
    public static void register(MemorySegment.Scope scope, SegmentRefs guard) {
        GUARDS.put(scope, guard);
    }

    /** Removes a scope, when its arena is closed. */
    public static void forget(MemorySegment.Scope scope) {
        GUARDS.remove(scope);
    }

    /** Frees arenas that an {@link Error} kept from being freed when they were closed, or when their last use ended. */
    public static void retryReleases() {
        if (!RefCount.someStuck) {
            return;
        }
        RefCount.someStuck = false;
        try {
            GUARDS.values().forEach(SegmentRefs::retryRelease);
        } catch (Error e) {
            RefCount.someStuck = true;
            throw e;
        }
    }

    /**
     * Returns the count for a segment, or null if there is none: its arena is not registered, or it has no bytes and
     * belongs to an arena with several buffers.
     */
    public static RefCount of(MemorySegment segment) {
        SegmentRefs guard = GUARDS.get(segment.scope());
        return guard == null ? null : guard.of(segment);
    }

    /**
     * Returns the counts for an operation's memory when the operation is accepted; {@link Slot#acquire} acquires exactly
     * these. A pool sets a new count whenever it lends a buffer, so an operation accepted for one borrower is not performed
     * for the next.
     *
     * @param memory a segment, an array of them, or null
     * @return a count, an array with a count for each segment, or null; a count is null if the arena is not registered
     */
    public static Object ofMemory(Object memory) {
        if (memory instanceof MemorySegment segment) {
            return of(segment);
        } else if (memory instanceof MemorySegment[] segments) {
            return ofEach(segments, new RefCount[segments.length]);
        }
        return null;
    }

    /** Puts the counts for segments into an array of at least as many elements, and returns the array. */
    static RefCount[] ofEach(MemorySegment[] segments, RefCount[] counts) {
        for (int i = 0; i < segments.length; i++) {
            counts[i] = of(segments[i]);
        }
        return counts;
    }

    // The JDK's scopes that end only when they are unreachable, or never. No public method reports that; a scope
    // that is unknown here counts as closeable.
    private static final Set<String> NEVER_CLOSED = Set.of(
            "jdk.internal.foreign.ImplicitSession",
            "jdk.internal.foreign.GlobalSession",
            "jdk.internal.foreign.GlobalSession$HeapSession");

    private static final ClassValue<Boolean> CLOSEABLE = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return !NEVER_CLOSED.contains(type.getName());
        }
    };

    /** Returns {@code true} if a segment's memory can be freed while an operation uses it: its arena is not registered. */
    public static boolean isUnguarded(MemorySegment segment) {
        return !GUARDS.containsKey(segment.scope())
                && CLOSEABLE.get(segment.scope().getClass());
    }
}
