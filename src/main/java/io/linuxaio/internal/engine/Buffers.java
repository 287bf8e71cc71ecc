package io.linuxaio.internal.engine;

import java.lang.foreign.MemorySegment;

/**
 * The memory of one operation: kept reachable, and its arenas kept open where they are ours, until the completion event
 * was taken. Without memory for a sync.
 */
final class Buffers {
    private static final MemorySegment[] NONE = {};

    private MemorySegment single;
    private MemorySegment[] several = NONE;
    private UseCount guard;
    private UseCount[] guards;

    /** Takes hold of a segment, of all of an array, or of nothing for null; false where an arena is closed. */
    boolean hold(Object memory) {
        // Not a switch over types: the code behind it would be made when the first operation of a program is under way.
        if (memory == null) {
            return true;
        } else if (memory instanceof MemorySegment segment) {
            return holdOne(segment);
        } else if (memory instanceof MemorySegment[] segments) {
            return holdAll(segments);
        }
        throw new IllegalArgumentException("not memory: " + memory.getClass());
    }

    private boolean holdOne(MemorySegment segment) {
        UseCount uses = SegmentGuards.of(segment);
        if (!begin(uses, segment)) {
            return false;
        }
        guard = uses;
        single = segment;
        return true;
    }

    private boolean holdAll(MemorySegment[] segments) {
        UseCount[] begun = new UseCount[segments.length];
        for (int i = 0; i < segments.length; i++) {
            UseCount uses = SegmentGuards.of(segments[i]);
            if (!begin(uses, segments[i])) {
                end(begun);
                return false;
            }
            begun[i] = uses;
        }
        guards = begun;
        several = segments;
        return true;
    }

    private static boolean begin(UseCount uses, MemorySegment segment) {
        return uses == null ? segment.scope().isAlive() : uses.begin();
    }

    /** Where the rest of the single segment begins. */
    long address(long done) {
        return single.address() + done;
    }

    /** The segments of a vectored operation. */
    MemorySegment[] several() {
        return several;
    }

    /** Lets go of everything. */
    void release() {
        single = null;
        several = NONE;
        if (guard != null) {
            guard.end();
            guard = null;
        }
        if (guards != null) {
            end(guards);
            guards = null;
        }
    }

    private static void end(UseCount[] uses) {
        for (UseCount use : uses) {
            if (use != null) {
                use.end();
            }
        }
    }
}
