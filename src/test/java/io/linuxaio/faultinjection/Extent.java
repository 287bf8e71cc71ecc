package io.linuxaio.faultinjection;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A part of a file, in bytes. */
record Extent(int position, int length) {
    static final int BLOCK = 4096;

    /** Returns its part of memory that is as long as the file. */
    MemorySegment of(MemorySegment memory) {
        return memory.asSlice(position, length);
    }

    /** Cuts a file into parts of one to four blocks, in random order. */
    static List<Extent> cut(int size, Random random) {
        List<Extent> extents = new ArrayList<>();
        int position = 0;
        while (position < size) {
            int length = Math.min(BLOCK * (1 + random.nextInt(4)), size - position);
            extents.add(new Extent(position, length));
            position += length;
        }
        Collections.shuffle(extents, random);
        return extents;
    }
}
