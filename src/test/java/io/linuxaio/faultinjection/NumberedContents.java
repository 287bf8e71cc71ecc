package io.linuxaio.faultinjection;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * Contents of a file that is written again and again: they begin with a number, and length and all other bytes follow from
 * it and from a seed.
 */
record NumberedContents(long seed, int longest) {
    /** What the file holds with this number. */
    byte[] of(long number) {
        Random random = new Random(seed ^ number * 0x9E37_79B9_7F4A_7C15L);
        byte[] bytes = new byte[Long.BYTES + random.nextInt(longest - Long.BYTES)];
        random.nextBytes(bytes);
        ByteBuffer.wrap(bytes).putLong(0, number);
        return bytes;
    }

    /** The number of contents that are whole; -1 where they are not. */
    long numberOf(byte[] file) {
        if (file.length < Long.BYTES) {
            return -1;
        }
        long number = ByteBuffer.wrap(file).getLong(0);
        return Arrays.equals(file, of(number)) ? number : -1;
    }
}
