package io.linuxaio.random;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.FileContents;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;

/**
 * A file, its expected contents, and the units reserved by operations in flight.
 *
 * <p>Ordinary operations stay within the whole units of its length. Operations that may change the length or reach the end reserve a tail: everything from some unit before the end on.
 */
final class ModelledFile {
    private static final int UNITS = 2048;
    private static final int PAGE = 4096;
    private static final int MAX_UNITS_BEFORE_THE_END = 16;

    /** The unit of a buffered file, which has no blocks. */
    private static final int BUFFERED_UNIT = 100;

    /** The contents of memory before a read. */
    static final byte UNREAD = 0x77;

    private final AioFile file;
    private final FileContents contents;
    private final int unit;
    private final byte[] expected;
    private final BitSet taken = new BitSet(UNITS);
    private int length;

    ModelledFile(AioFile file, FileContents contents) throws IOException {
        this.file = file;
        this.contents = contents;
        unit = file.isDirect() ? file.alignment().offset() : BUFFERED_UNIT;
        expected = new byte[UNITS * unit];
        length = expected.length;
        file.setLength(length);
    }

    AioFile file() {
        return file;
    }

    /** Returns the unit of positions and lengths. */
    int unit() {
        return unit;
    }

    /** Units reserved by one operation. */
    record Reservation(int first, int units, boolean isTail) {}

    /** Writes random bytes everywhere. */
    void fill(AioContext context, Random random) {
        random.nextBytes(expected);
        try (AioArena arena = AioArena.ofShared()) {
            MemorySegment all = arena.allocate(expected.length);
            all.copyFrom(MemorySegment.ofArray(expected));
            assertThat(context.write(file, all, 0).join()).isEqualTo(expected.length);
        }
    }

    /** Reserves some free units within the length, from a random position on; null if others have them. */
    synchronized Reservation take(Random random, int units) {
        int first = random.nextInt(UNITS - units + 1);
        return first + units > length / unit ? null : take(first, units, false);
    }

    /** Reserves the end of the file and all that could follow; null if others have a part of it. */
    synchronized Reservation reserveTail(Random random) {
        int reservation = Math.max(0, length / unit - random.nextInt(MAX_UNITS_BEFORE_THE_END)) * unit;
        int first = (reservation - reservation % border()) / unit;
        return first >= UNITS ? null : take(first, UNITS - first, true);
    }

    private Reservation take(int first, int units, boolean tail) {
        int next = taken.nextSetBit(first);
        if (next >= 0 && next < first + units) {
            return null;
        }
        taken.set(first, first + units);
        return new Reservation(first, units, tail);
    }

    /** Releases reserved units. */
    synchronized void release(Reservation reservation) {
        taken.clear(reservation.first(), reservation.first() + reservation.units());
    }

    synchronized int length() {
        return length;
    }

    private synchronized void length(int now) {
        length = now;
    }

    /** Returns a limit that does not depend on the tail, however the length changes meanwhile. */
    private synchronized void reaches(int end) {
        length = Math.max(length, end);
    }

    /** Records written bytes as the expected contents. The caller has reserved the units. */
    void written(int position, byte[] bytes) {
        System.arraycopy(bytes, 0, expected, position, bytes.length);
        reaches(position + bytes.length);
    }

    /**
     * Records a write that may have stopped at any point from the given one on, from the present contents. The caller
     * has reserved the units.
     */
    void writtenInPart(int position, byte[] bytes, long min) {
        byte[] there = contents.at(position, bytes.length);
        int difference = Arrays.mismatch(there, bytes);
        int arrived = difference < 0 ? bytes.length : difference;
        if (arrived < min) {
            throw new AssertionError(arrived + " bytes of " + bytes.length + " arrived at " + position + " of " + file
                    + ", not the " + min + " that were reported");
        }
        int before = length();
        for (int i = arrived; i < there.length; i++) {
            if (position + i >= before || there[i] != expected[position + i]) {
                throw new AssertionError("byte " + i + " of a write at " + position + " of " + file
                        + " is neither the old nor the new one");
            }
        }
        System.arraycopy(there, 0, expected, position, there.length);
        if (there.length > 0) {
            reaches(position + there.length);
        }
    }

    /** Records a new length. The caller has reserved the tail. */
    void truncated(int now) {
        if (now < length()) {
            Arrays.fill(expected, now, length(), (byte) 0);
        }
        length(now);
    }

    /** Returns a random length. The caller has reserved the tail. */
    int lengthWithin(Reservation tail, Random random) {
        int length = tail.first() * unit + random.nextInt(tail.units() * unit + 1);
        return length - length % border();
    }

    /**
     * On a direct file lengths change at borders of pages, by who has the whole page: the kernel clears what is beyond an
     * end inside a page in its cache, and where a direct write meets that page meanwhile, the next sync fails with EIO
     * (dio_warn_stale_pagecache in mm/filemap.c).
     */
    private int border() {
        return file.isDirect() ? PAGE : 1;
    }

    /** Returns the number of bytes that a read returns. The caller has reserved the units. */
    int readable(int position, int wanted) {
        return Math.clamp(length() - position, 0, wanted);
    }

    /** Compares the bytes of a read. The caller has reserved the units. */
    void read(int position, MemorySegment memory, int count) {
        int difference = mismatch(position, memory, count);
        if (difference < count) {
            throw new AssertionError("read of " + count + " bytes at " + position + " of " + file + " differs at byte "
                    + difference + "; length " + length());
        }
    }

    /** Compares a read that may have stopped at any point from the given one on; memory beyond is unchanged. */
    void readInPart(int position, MemorySegment memory, long min) {
        int arrived = mismatch(position, memory, readable(position, (int) memory.byteSize()));
        if (arrived < min) {
            throw new AssertionError(arrived + " bytes were read at " + position + " of " + file + ", not the " + min
                    + " that were reported");
        }
        byte[] rest = memory.asSlice(arrived).toArray(JAVA_BYTE);
        for (byte one : rest) {
            if (one != UNREAD) {
                throw new AssertionError("bytes that are not in the file at " + position + " of " + file + " was read");
            }
        }
    }

    /** Returns the first position at which memory differs from the file, or the count if there is none. */
    private int mismatch(int position, MemorySegment memory, int count) {
        byte[] there = memory.asSlice(0, count).toArray(JAVA_BYTE);
        int difference = Arrays.mismatch(there, 0, count, expected, position, position + count);
        return difference < 0 ? count : difference;
    }

    /** Compares the whole file, read without this library. */
    void check() {
        byte[] there = contents.at(0, expected.length + 1);
        assertThat(there.length).as("length of %s", file).isEqualTo(length());
        assertThat(Arrays.mismatch(there, Arrays.copyOf(expected, there.length)))
                .as("first difference in %s", file)
                .isEqualTo(-1);
    }

    void close() throws IOException {
        file.close();
    }
}
