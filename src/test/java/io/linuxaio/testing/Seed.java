package io.linuxaio.testing;

import java.util.Random;

/** Where random tests begin: {@code -Dlinuxaio.seed} repeats a run. */
public final class Seed {
    private static final String PROPERTY = "linuxaio.seed";

    private Seed() {}

    /** Another one each time, unless one was given. Tests put it into the message with which they fail. */
    public static long next() {
        return Long.getLong(PROPERTY, new Random().nextLong());
    }
}
