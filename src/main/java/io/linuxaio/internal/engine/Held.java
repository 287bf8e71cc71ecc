package io.linuxaio.internal.engine;

import java.lang.foreign.MemorySegment;

/**
 * What an operation keeps hold of: its file, and its memory, which is kept reachable, and its arenas open where they are
 * ours, until the completion event was taken. Without memory for a sync.
 *
 * <p>A part of each {@link Slot}, and in one object with it, since every operation touches both.
 */
abstract sealed class Held permits Slot {
    private static final MemorySegment[] NONE = {};

    private OpenFile file;
    private MemorySegment single;
    private MemorySegment[] several = NONE;
    private UseCount guard;
    private UseCount[] guards;

    /**
     * Takes hold of the file and of memory.
     *
     * @param target the file
     * @param memory a {@link MemorySegment}, an array of them that does not change any more, or null for none
     * @return false, holding nothing, where the file or an arena is closed
     */
    public boolean hold(OpenFile target, Object memory) {
        if (!target.uses().begin()) {
            return false;
        }
        if (!hold(memory)) {
            target.uses().end();
            return false;
        }
        file = target;
        return true;
    }

    private boolean hold(Object memory) {
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

    /** On what file. */
    public final OpenFile file() {
        return file;
    }

    /** Where the rest of the single segment begins. */
    final long address(long done) {
        return single.address() + done;
    }

    /** The segments of a vectored operation. */
    final MemorySegment[] several() {
        return several;
    }

    /** How many segments it holds; 0 for a sync. */
    final int segments() {
        return single != null ? 1 : several.length;
    }

    /** Lets go of everything. */
    public void letGo() {
        single = null;
        if (guard != null) {
            guard.end();
            guard = null;
        }
        if (guards != null) {
            several = NONE;
            end(guards);
            guards = null;
        }
        OpenFile held = file;
        file = null;
        if (held != null) {
            held.uses().end();
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
