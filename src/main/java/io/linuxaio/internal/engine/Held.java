package io.linuxaio.internal.engine;

import java.lang.foreign.MemorySegment;

/**
 * What an operation keeps hold of: its file, and its memory, which is kept reachable, and its arenas open where they are
 * ours, until the completion event was taken. Without memory for a sync.
 *
 * <p>A part of each {@link Slot}, and in one object with it, since every operation touches both.
 */
public abstract sealed class Held permits Slot {
    private static final MemorySegment[] NONE = {};

    private OpenFile file;
    private MemorySegment single;
    private MemorySegment[] several = NONE;
    private RefCount guard;
    private RefCount[] guards;

    // How many of the several are held.
    private int held;

    /** As {@link #acquire(OpenFile, Object, Object)}, with the counts of this moment. */
    public boolean acquire(OpenFile target, Object memory) {
        return acquire(target, memory, ArenaRefs.ofMemory(memory));
    }

    /**
     * Takes hold of the file and of memory. Allocates nothing. After an {@link Error} it holds a part, which
     * {@link #release} lets go: each use is noted before anything else is called.
     *
     * @param target the file
     * @param memory a {@link MemorySegment}, an array of them that does not change any more, or null for none
     * @param counts what {@link ArenaRefs#ofMemory} answered for it
     * @return false, holding nothing, where the file or an arena is closed
     */
    public boolean acquire(OpenFile target, Object memory, Object counts) {
        if (!target.uses().tryAcquire()) {
            return false;
        }
        file = target;
        if (!holdMemory(memory, counts)) {
            release();
            return false;
        }
        return true;
    }

    private boolean holdMemory(Object memory, Object counts) {
        // Not a switch over types: the code behind it would be made when the first operation of a program is under way.
        if (memory == null) {
            return true;
        } else if (memory instanceof MemorySegment segment) {
            return holdOne(segment, (RefCount) counts);
        } else if (memory instanceof MemorySegment[] segments) {
            return holdAll(segments, (RefCount[]) counts);
        }
        throw new IllegalArgumentException("not memory: " + memory.getClass());
    }

    private boolean holdOne(MemorySegment segment, RefCount uses) {
        if (!begin(uses, segment)) {
            return false;
        }
        guard = uses;
        single = segment;
        return true;
    }

    private boolean holdAll(MemorySegment[] segments, RefCount[] counts) {
        guards = counts;
        for (MemorySegment segment : segments) {
            if (!begin(counts[held], segment)) {
                return false;
            }
            held++;
        }
        several = segments;
        return true;
    }

    private static boolean begin(RefCount uses, MemorySegment segment) {
        return uses == null ? segment.scope().isAlive() : uses.tryAcquire();
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

    /** Returns the number of segments that it holds; 0 for a sync. */
    final int segments() {
        return single != null ? 1 : several.length;
    }

    /** Lets go of everything. If an {@link Error} ends it, another call lets go of the rest. */
    public void release() {
        if (guard != null) {
            guard.release();
            guard = null;
        }
        single = null;
        if (guards != null) {
            letGoOfAll();
        }
        if (file != null) {
            file.uses().release();
            file = null;
        }
    }

    private void letGoOfAll() {
        while (held > 0) {
            RefCount last = guards[held - 1];
            if (last != null) {
                last.release();
            }
            held--;
        }
        guards = null;
        several = NONE;
    }
}
