package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;

/** A file of a fixed length, what it should hold, and which of its units an operation in flight has to itself. */
final class ModelledFile {
    private static final int UNITS = 2048;

    private final AioFile file;
    private final int unit;
    private final byte[] expected;
    private final BitSet taken = new BitSet(UNITS);

    ModelledFile(AioFile file) throws IOException {
        this.file = file;
        unit = file.alignment().offset();
        expected = new byte[UNITS * unit];
        file.truncate(expected.length);
    }

    AioFile file() {
        return file;
    }

    /** Positions and lengths are multiples of this. */
    int unit() {
        return unit;
    }

    /** Writes random bytes everywhere. */
    void fill(AioContext context, Random random) {
        random.nextBytes(expected);
        try (AioArena arena = AioArena.ofShared()) {
            MemorySegment all = arena.allocate(expected.length);
            all.copyFrom(MemorySegment.ofArray(expected));
            assertThat(context.write(file, all, 0).join()).isEqualTo(expected.length);
        }
    }

    /** Takes some units that nobody has, from a random place on: the place, or -1 where others have it. */
    synchronized int take(Random random, int units) {
        int first = random.nextInt(UNITS - units + 1);
        int next = taken.nextSetBit(first);
        if (next >= 0 && next < first + units) {
            return -1;
        }
        taken.set(first, first + units);
        return first;
    }

    /** Lets others have them. */
    synchronized void giveBack(int first, int units) {
        taken.clear(first, first + units);
    }

    /** What was written is to be read from now on. For whoever has taken the place. */
    void written(int first, byte[] bytes) {
        System.arraycopy(bytes, 0, expected, first * unit, bytes.length);
    }

    /** Compares what was read. For whoever has taken the place. */
    void read(int first, MemorySegment bytes) {
        byte[] there = bytes.toArray(JAVA_BYTE);
        byte[] wanted = Arrays.copyOfRange(expected, first * unit, first * unit + there.length);
        int difference = Arrays.mismatch(there, wanted);
        if (difference >= 0) {
            throw new AssertionError("read of " + there.length + " bytes at " + first * unit + " of " + file
                    + " differs at byte " + difference);
        }
    }

    /** Compares the whole file, read without this library. */
    void check() throws IOException {
        byte[] there = Files.readAllBytes(file.path());
        assertThat(there.length).as("length of %s", file).isEqualTo(expected.length);
        assertThat(Arrays.mismatch(there, expected))
                .as("first difference in %s", file)
                .isEqualTo(-1);
    }

    void close() throws IOException {
        file.close();
    }
}
