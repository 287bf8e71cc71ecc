package io.linuxaio.scenarios;

import java.time.Duration;

/** A virtual thread that ticks: where all carriers are held up it cannot. Looks at memory while it is at it. */
final class Heartbeat implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final Thread thread = Thread.ofVirtual().unstarted(this::beat);
    private volatile boolean stopping;
    private volatile long ticks;
    private volatile long longest;
    private volatile long mostHeap;

    static Heartbeat start() {
        Heartbeat heartbeat = new Heartbeat();
        heartbeat.thread.start();
        return heartbeat;
    }

    private void beat() {
        long last = System.nanoTime();
        while (!stopping) {
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                return;
            }
            long now = System.nanoTime();
            longest = Math.max(longest, now - last);
            last = now;
            mostHeap = Math.max(mostHeap, heap());
            ticks = ticks + 1;
        }
    }

    /** How much of the heap is in use, in bytes. */
    static long heap() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** How often it has ticked. */
    long ticks() {
        return ticks;
    }

    /** The longest time from one tick to the next, in nanoseconds. */
    long longest() {
        return longest;
    }

    /** The most of the heap that was seen in use, in bytes. */
    long mostHeap() {
        return mostHeap;
    }

    @Override
    public void close() {
        stopping = true;
    }
}
