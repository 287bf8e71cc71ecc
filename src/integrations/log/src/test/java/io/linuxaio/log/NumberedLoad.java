package io.linuxaio.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.ObjLongConsumer;

/**
 * Threads that append numbered records to a log until it fails or is closed, and what was acknowledged to each. The first
 * bytes of a record are its thread and its number; the rest follows from these.
 */
final class NumberedLoad {
    static final int THREADS = 4;

    private static final int NUMBERS = Integer.BYTES + Long.BYTES;
    private static final int MAX_FILL = 3000;

    /** The number of each thread's last record that was acknowledged. */
    private final AtomicLongArray acknowledged = new AtomicLongArray(THREADS);
    /** The number of each thread's last record in the log, or 0. */
    private final long[] present = new long[THREADS];

    private final AtomicLong count = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();

    /** Starts the threads, which go on where the log ends. */
    void start(LogWriter log, ObjLongConsumer<Integer> onAcknowledged) {
        begin();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            threads.add(Thread.ofPlatform().start(() -> append(log, thread, onAcknowledged)));
        }
    }

    /** Forgets what was acknowledged before, which may be discarded meanwhile. */
    void begin() {
        threads.clear();
        for (int i = 0; i < THREADS; i++) {
            acknowledged.set(i, 0);
        }
    }

    private void append(LogWriter log, int thread, ObjLongConsumer<Integer> onAcknowledged) {
        for (long number = present[thread] + 1; ; number++) {
            try {
                log.append(record(thread, number)).join();
            } catch (CompletionException logHasEnded) {
                return;
            }
            acknowledged.set(thread, number);
            count.incrementAndGet();
            onAcknowledged.accept(thread, number);
        }
    }

    void join() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    boolean isRunning() {
        return threads.stream().anyMatch(Thread::isAlive);
    }

    /** Returns how many records were acknowledged in all. */
    long count() {
        return count.get();
    }

    /** Notes an acknowledgement that another process has received. */
    void acknowledge(int thread, long number) {
        acknowledged.set(thread, number);
        count.incrementAndGet();
    }

    /** Returns a handler for the replay, which requires the records of each thread to be those appended, without a gap. */
    LogRecordHandler replay() {
        long[] last = new long[THREADS];
        return (position, record) -> {
            int thread = record.getInt();
            long number = record.getLong();
            if (!record.rewind().equals(record(thread, number))) {
                throw new IOException("not the record " + number + " of thread " + thread + ", at " + position);
            }
            if (last[thread] != 0 && number != last[thread] + 1) {
                throw new IOException("record " + number + " follows record " + last[thread] + " of thread " + thread);
            }
            last[thread] = number;
            present[thread] = number;
        };
    }

    /** Returns the number of acknowledged records that the last replay has not shown. */
    long lost() {
        long lost = 0;
        for (int i = 0; i < THREADS; i++) {
            lost += Math.max(0, acknowledged.get(i) - present[i]);
        }
        return lost;
    }

    /** Forgets what was replayed, before a replay that may show less. */
    void forget() {
        Arrays.fill(present, 0);
    }

    static ByteBuffer record(int thread, long number) {
        Random random = new Random(31L * number + thread);
        byte[] fill = new byte[random.nextInt(10) == 0 ? random.nextInt(MAX_FILL) : random.nextInt(100)];
        random.nextBytes(fill);
        return ByteBuffer.allocate(NUMBERS + fill.length)
                .putInt(thread)
                .putLong(number)
                .put(fill)
                .flip();
    }
}
