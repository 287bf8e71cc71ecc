package io.linuxaio.internal.engine;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Finds, for a segment, the count that keeps its arena open while an operation uses it.
 *
 * <p>A segment knows no more of its arena than the scope, and all slices share that; so arenas register theirs. An arena
 * has one count, or one for each of its buffers, which are told apart by their addresses.
 */
public final class ArenaRefs {
    private static final ConcurrentMap<MemorySegment.Scope, SegmentRefs> GUARDS = new ConcurrentHashMap<>();

    private ArenaRefs() {}

    /** Makes operations on segments of this scope count as uses of its arena, or of the arena's buffers. */
    public static void register(MemorySegment.Scope scope, SegmentRefs guard) {
        GUARDS.put(scope, guard);
    }

    /** Forgets a scope, when its arena is closed. */
    public static void forget(MemorySegment.Scope scope) {
        GUARDS.remove(scope);
    }

    /** Lets go of arenas that an {@link Error} kept from being freed when they were closed, or their last use ended. */
    public static void letGoStuck() {
        if (!RefCount.someStuck) {
            return;
        }
        RefCount.someStuck = false;
        try {
            GUARDS.values().forEach(SegmentRefs::letGoIfStuck);
        } catch (Error e) {
            RefCount.someStuck = true;
            throw e;
        }
    }

    /**
     * Returns the count for a segment, or null if there is none: its arena is not one of ours, or it has no bytes and
     * belongs to an arena with several buffers.
     */
    public static RefCount of(MemorySegment segment) {
        SegmentRefs guard = GUARDS.get(segment.scope());
        return guard == null ? null : guard.of(segment);
    }

    /**
     * The counts for an operation's memory, as they are when the operation is accepted: {@link Slot#acquire} takes these and
     * no others. A pool sets a new count whenever it lends a buffer, so what was accepted for one borrower is not carried
     * out for the next.
     *
     * @param memory a segment, an array of them, or null
     * @return a count, an array with one for each segment, or null: without a count where the arena is not one of ours
     */
    public static Object ofMemory(Object memory) {
        if (memory instanceof MemorySegment segment) {
            return of(segment);
        } else if (memory instanceof MemorySegment[] segments) {
            return ofEach(segments);
        }
        return null;
    }

    private static RefCount[] ofEach(MemorySegment[] segments) {
        RefCount[] counts = new RefCount[segments.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = of(segments[i]);
        }
        return counts;
    }

    // Of the JDK's scopes, those that end only when nothing refers to them any more, or never. There is no public way
    // to
    // tell; a scope unknown here counts as one that somebody may close.
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

    /** Whether somebody could free a segment's memory under an operation, since its arena is not one of ours. */
    public static boolean isUnguarded(MemorySegment segment) {
        return !GUARDS.containsKey(segment.scope())
                && CLOSEABLE.get(segment.scope().getClass());
    }
}
