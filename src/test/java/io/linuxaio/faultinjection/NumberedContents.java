package io.linuxaio.faultinjection;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * Numbered contents of a file that is written repeatedly. They begin with the number; length and all other bytes are
 * derived from it and a seed.
 */
record NumberedContents(long seed, int longest) {
    /** Returns the contents with this number. */
    byte[] of(long number) {
        Random random = new Random(seed ^ number * 0x9E37_79B9_7F4A_7C15L);
        byte[] bytes = new byte[Long.BYTES + random.nextInt(longest - Long.BYTES)];
        random.nextBytes(bytes);
        ByteBuffer.wrap(bytes).putLong(0, number);
        return bytes;
    }

    /** Returns the number of complete contents, or -1 if they are incomplete. */
    long numberOf(byte[] file) {
        if (file.length < Long.BYTES) {
            return -1;
        }
        long number = ByteBuffer.wrap(file).getLong(0);
        return Arrays.equals(file, of(number)) ? number : -1;
    }
}
