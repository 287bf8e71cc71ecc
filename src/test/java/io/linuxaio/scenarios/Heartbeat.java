package io.linuxaio.scenarios;

import java.time.Duration;

/** A virtual thread that ticks, and cannot if all carriers are blocked. It samples the heap as well. */
final class Heartbeat implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final Thread thread = Thread.ofVirtual().unstarted(this::beat);
    private volatile boolean stopping;
    private volatile long ticks;
    private volatile long longest;
    private volatile long maxHeap;

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
            maxHeap = Math.max(maxHeap, heap());
            ticks = ticks + 1;
        }
    }

    /** Returns the size of the used heap, in bytes. */
    static long heap() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** Returns the number of ticks. */
    long ticks() {
        return ticks;
    }

    /** Returns the maximum time between two ticks, in nanoseconds. */
    long longest() {
        return longest;
    }

    /** Returns the maximum observed size of the used heap, in bytes. */
    long maxHeap() {
        return maxHeap;
    }

    @Override
    public void close() {
        stopping = true;
    }
}
