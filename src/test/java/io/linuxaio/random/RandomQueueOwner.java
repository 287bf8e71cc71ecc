package io.linuxaio.random;

import io.linuxaio.AioArena;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import io.linuxaio.OnKernel;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Random;

/** The thread of a {@link RandomWalk} that owns a queue: prepares, submits, and polls or waits. */
final class RandomQueueOwner implements Runnable {
    private static final int DEPTH = 8;
    private static final Duration SHORT = Duration.ofMillis(20);

    private final RandomWalk walk;
    private final Random decisions;
    private final RandomTransfer[] transfers = new RandomTransfer[DEPTH];
    private final boolean[] busy = new boolean[DEPTH];
    private final MemorySegment[] memory = new MemorySegment[DEPTH];
    private AioQueue queue;

    RandomQueueOwner(RandomWalk walk, Random decisions) {
        this.walk = walk;
        this.decisions = decisions;
    }

    @Override
    public void run() {
        try (AioArena arena = AioArena.ofShared()) {
            for (int i = 0; i < DEPTH; i++) {
                memory[i] = arena.allocate(RandomTransfer.LARGEST);
            }
            while (walk.goesOn()) {
                queue = walk.persistently(() -> OnKernel.queue(walk.kernel(), DEPTH));
                use();
                closeInFlight();
            }
        } catch (Throwable e) {
            walk.fail(e);
        }
    }

    private void use() {
        for (int left = 1 + decisions.nextInt(3000); left > 0 && walk.goesOn(); left--) {
            Random random = new Random(decisions.nextLong());
            for (int i = random.nextInt(4); i >= 0; i--) {
                prepare(new Random(random.nextLong()));
            }
            queue.submit();
            reap(random.nextInt(3), random.nextBoolean());
        }
    }

    private void prepare(Random random) {
        int userData = 0;
        while (userData < DEPTH && busy[userData]) {
            userData++;
        }
        if (userData == DEPTH) {
            return;
        }
        int kind = random.nextInt(20);
        boolean prepared;
        if (kind < 2) {
            AioFile file = walk.file(random).file();
            walk.tally().count(kind == 0 ? OperationCounts.Kind.SYNCS : OperationCounts.Kind.DATA_SYNCS);
            walk.tally().count(OperationCounts.Kind.THROUGH_QUEUES);
            prepared = kind == 0 ? queue.prepareSync(file, userData) : queue.prepareDataSync(file, userData);
        } else {
            transfers[userData] = RandomTransfer.draw(walk, random, memory[userData]);
            if (transfers[userData] == null) {
                return;
            }
            prepared = transfers[userData].prepare(queue, userData);
        }
        if (!prepared) {
            throw new AssertionError("no slot in a queue with fewer operations than " + DEPTH);
        }
        busy[userData] = true;
    }

    private void reap(int min, boolean waits) {
        try {
            if (waits) {
                queue.await(min, SHORT, this::reported);
            } else {
                queue.poll(this::reported);
            }
        } catch (IllegalStateException e) {
            if (!walk.isFaulty() || !e.getMessage().startsWith("io_getevents failed")) {
                throw e;
            }
            walk.tally().count(OperationCounts.Kind.FAILED);
        }
    }

    private void reported(long userData, int result) {
        int index = (int) userData;
        if (!busy[index]) {
            throw new AssertionError("operation " + userData + " completed twice");
        }
        busy[index] = false;
        RandomTransfer transfer = transfers[index];
        transfers[index] = null;
        if (transfer == null) {
            if (result != 0) {
                AllowedOutcome.moved(walk, result, queue.bytesTransferred(), 0);
            }
            return;
        }
        if (result >= 0) {
            transfer.succeeded(result);
        } else {
            transfer.failedAfter(AllowedOutcome.moved(walk, result, queue.bytesTransferred(), transfer.length()));
        }
        transfer.release();
    }

    /** Operations in flight complete when the queue is closed, but are not reported. */
    private void closeInFlight() {
        while (queue.prepared() > 0) {
            queue.submit();
            reap(1, true);
        }
        int inFlight = queue.inFlight();
        int unreported = 0;
        for (boolean one : busy) {
            unreported += one ? 1 : 0;
        }
        if (unreported < inFlight || !walk.isFaulty() && unreported != inFlight) {
            throw new AssertionError(inFlight + " in flight, " + unreported + " not reported");
        }
        queue.close();
        if (inFlight > 0) {
            walk.tally().count(OperationCounts.Kind.QUEUES_CLOSED_IN_FLIGHT);
        }
        for (int i = 0; i < DEPTH; i++) {
            busy[i] = false;
            if (transfers[i] != null) {
                transfers[i].endedUnreported();
                transfers[i].release();
                transfers[i] = null;
            }
        }
    }
}
