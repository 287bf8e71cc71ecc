package io.linuxaio.testing;

import java.util.Random;

/** The seed of random tests; {@code -Dlinuxaio.seed} repeats a run. */
public final class Seed {
    private static final String PROPERTY = "linuxaio.seed";

    private Seed() {}

    /** Returns a new seed, or the given one. Tests include it in their failure messages. */
    public static long next() {
        return Long.getLong(PROPERTY, new Random().nextLong());
    }
}
