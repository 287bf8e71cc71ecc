package io.linuxaio.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * Lets actors run into each other again and again: in each round all set off at the same moment, each after a short spin
 * of chance, so that each order in which their steps can mix comes up sooner or later. Actors stay on threads of their
 * own, which spin and do not park between rounds.
 */
public final class Race {
    private static final int MOST_SPINS = 400;

    /** After so many spins without news, another thread may need the processor. */
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

    /** So many rounds of these actors; {@code -Dlinuxaio.race-factor} multiplies them. */
    public static Race of(int rounds, Runnable... actors) {
        return new Race(rounds * Integer.getInteger("linuxaio.race-factor", 1), actors);
    }

    /**
     * Goes on beyond the rounds until this was seen: on a machine that is busy with other things the actors may pass each
     * other by for long.
     */
    public Race until(BooleanSupplier event) {
        seen = event;
        return this;
    }

    /** Runs all rounds, with this before and that after each, and throws what the first of any threw. */
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
            for (int spins = random.nextInt(MOST_SPINS); spins > 0; spins--) {
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

    private static void spinUntil(AtomicInteger value, int least) throws InterruptedException {
        for (int spins = 0; value.get() < least; spins++) {
            if (Thread.interrupted()) {
                throw new InterruptedException("an actor has not ended");
            }
            if (spins < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }
}
