package io.linuxaio.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * A stress test of races between actors. In each round all actors start at the same moment, each after a short random
 * spin, so that every interleaving of their steps occurs sooner or later. Each actor has a thread of its own, which
 * spins rather than parks between rounds.
 */
public final class Race {
    private static final int MAX_SPINS = 400;

    /** The number of spins after which the thread yields the processor. */
    private static final int SPINS_BEFORE_YIELD = 200;

    private final long seed = Long.getLong("linuxaio.seed", new Random().nextLong());
    private final int rounds;
    private final Runnable[] actors;
    private BooleanSupplier seen = () -> true;
    private final AtomicInteger round = new AtomicInteger();
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private Race(int rounds, Runnable... actors) {
        this.rounds = rounds;
        this.actors = actors;
    }

    /** Returns a race of the given number of rounds, which {@code -Dlinuxaio.race-factor} multiplies. */
    public static Race of(int rounds, Runnable... actors) {
        return new Race(rounds * Integer.getInteger("linuxaio.race-factor", 1), actors);
    }

    /**
     * Continues beyond the rounds until an event has occurred: on a busy machine the actors may not meet for a long
     * time.
     */
    public Race until(BooleanSupplier event) {
        seen = event;
        return this;
    }

    /** Runs all rounds, with actions before and after each, and throws the first exception of any actor. */
    public void run(Runnable before, Runnable after) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < actors.length; i++) {
            Runnable actor = actors[i];
            Random random = new Random(seed + i);
            threads.add(Thread.ofPlatform().daemon().name("actor " + i).start(() -> act(actor, random)));
        }
        try {
            for (int i = 1; (i <= rounds || !seen.getAsBoolean()) && failure.get() == null; i++) {
                before.run();
                arrived.set(0);
                round.set(i);
                spinUntil(arrived, actors.length);
                if (failure.get() == null) {
                    after.run();
                }
            }
        } finally {
            round.set(Integer.MAX_VALUE);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new AssertionError("seed " + seed, failure.get());
        }
    }

    private void act(Runnable actor, Random random) {
        try {
            actInEachRound(actor, random);
        } catch (InterruptedException e) {
            failure.compareAndSet(null, e);
        }
    }

    private void actInEachRound(Runnable actor, Random random) throws InterruptedException {
        int next = 1;
        while (true) {
            spinUntil(round, next);
            if (round.get() == Integer.MAX_VALUE) {
                return;
            }
            next = round.get() + 1;
            for (int spins = random.nextInt(MAX_SPINS); spins > 0; spins--) {
                Thread.onSpinWait();
            }
            try {
                actor.run();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            } finally {
                arrived.incrementAndGet();
            }
        }
    }

    private static void spinUntil(AtomicInteger value, int min) throws InterruptedException {
        for (int spins = 0; value.get() < min; spins++) {
            if (Thread.interrupted()) {
                throw new InterruptedException("an actor has not finished");
            }
            if (spins < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }
}
