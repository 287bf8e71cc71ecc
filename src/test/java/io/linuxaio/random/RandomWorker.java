package io.linuxaio.random;

import io.linuxaio.AioArena;
import io.linuxaio.AioBatch;
import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.random.ModelledFile.Reservation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** One thread of a {@link RandomWalk}, which keeps operations in flight through contexts and checks their results. */
final class RandomWorker implements Runnable {
    private static final int IN_FLIGHT = 12;
    private static final int LARGEST_BATCH = 6;

    private final RandomWalk walk;
    private final Random decisions;
    private final Semaphore slots = new Semaphore(IN_FLIGHT);
    private final Deque<MemorySegment> segments = new ArrayDeque<>();
    private AioBufferPool pool;
    private RandomCanceller abandoner;

    RandomWorker(RandomWalk walk, Random decisions) {
        this.walk = walk;
        this.decisions = decisions;
    }

    /** Returns memory for one operation. */
    private record Lease(MemorySegment segment, AioBuffer buffer) {}

    @Override
    public void run() {
        try (AioArena arena = AioArena.ofShared();
                AioBufferPool buffers = AioBufferPool.of(IN_FLIGHT, RandomTransfer.LARGEST);
                AioBufferPool one = AioBufferPool.of(1, RandomTransfer.LARGEST)) {
            for (int i = 0; i < IN_FLIGHT; i++) {
                segments.add(arena.allocate(RandomTransfer.LARGEST));
            }
            pool = buffers;
            abandoner = new RandomCanceller(walk, one);
            while (walk.goesOn()) {
                slots.acquire();
                // Draws each operation first: the next one must not depend on a free slot for this one.
                start(new Random(decisions.nextLong()));
            }
            // All are back: so closing the arena and the pools has to work.
            slots.acquire(IN_FLIGHT);
        } catch (Throwable e) {
            walk.fail(e);
        }
    }

    private void start(Random random) throws InterruptedException {
        AioContext context = walk.context(random);
        int kind = random.nextInt(100);
        if (kind < 6) {
            sync(random, context);
        } else if (kind < 14) {
            abandoner.run(random, context);
            slots.release();
        } else if (kind < 17) {
            setLength(random);
            slots.release();
        } else if (kind < 30) {
            batch(random, context);
        } else {
            single(random, context);
        }
    }

    private void sync(Random random, AioContext context) {
        AioFile file = walk.file(random).file();
        boolean dataOnly = random.nextBoolean();
        CompletableFuture<Void> done = dataOnly ? context.dataSync(file) : context.sync(file);
        done.whenComplete((_, thrown) -> watched(() -> {
                    if (thrown != null && AllowedOutcome.isRefusedAtClosing(context, thrown)) {
                        walk.tally().count(OperationCounts.Kind.REFUSED_AT_CLOSING);
                        return;
                    }
                    walk.tally().count(dataOnly ? OperationCounts.Kind.DATA_SYNCS : OperationCounts.Kind.SYNCS);
                    walk.tally().submittedToContext();
                    if (thrown != null) {
                        AllowedOutcome.moved(walk, thrown, 0);
                    }
                }))
                .whenComplete((_, _) -> slots.release());
    }

    /** Truncates, extends or allocates while no other operation has reserved the end. */
    private void setLength(Random random) {
        ModelledFile file = walk.file(random);
        boolean truncates = random.nextInt(3) > 0;
        Reservation tail = file.reserveTail(random);
        if (tail == null) {
            return;
        }
        int length = file.lengthWithin(tail, random);
        try {
            if (truncates) {
                file.file().setLength(length);
                file.truncated(length);
                walk.tally().count(OperationCounts.Kind.TRUNCATES);
            } else if (length > 0) {
                file.file().allocate(0, length);
                file.truncated(Math.max(length, file.length()));
                walk.tally().count(OperationCounts.Kind.ALLOCATES);
            }
        } catch (IOException e) {
            // Nothing has changed then: the next reads say so.
            if (!walk.isFaulty()) {
                walk.fail(e);
            }
            walk.tally().count(OperationCounts.Kind.FAILED);
        } finally {
            file.release(tail);
        }
    }

    private void single(Random random, AioContext context) throws InterruptedException {
        boolean lateRead = random.nextInt(4) == 0;
        boolean earlyReturn = random.nextInt(4) == 0;
        Lease lease = lend(random.nextBoolean());
        RandomTransfer transfer = RandomTransfer.draw(walk, random, lease.segment());
        if (transfer == null) {
            release(lease);
            slots.release();
            return;
        }
        CompletableFuture<Integer> future = transfer.submit(context);
        Lease kept = lease;
        if (earlyReturn && transfer.isWrite() && lease.buffer() != null) {
            // The pool keeps it until the kernel is done.
            lease.buffer().close();
            kept = null;
        }
        onCompletion(future, transfer, kept, context, lateRead && kept != null);
    }

    private void batch(Random random, AioContext context) throws InterruptedException {
        AioBatch batch = context.batch();
        int size = 1 + random.nextInt(LARGEST_BATCH);
        boolean hasSlot = true;
        for (int i = 0; i < size && hasSlot; i++) {
            Lease lease = lend(random.nextBoolean());
            RandomTransfer transfer = RandomTransfer.draw(walk, new Random(random.nextLong()), lease.segment());
            if (transfer == null) {
                release(lease);
                slots.release();
            } else {
                onCompletion(transfer.add(batch), transfer, lease, context, false);
            }
            hasSlot = i + 1 < size && slots.tryAcquire();
        }
        batch.submit();
    }

    /** Compares the bytes on completion, on the reaper's thread, which may then read them back. */
    private void onCompletion(
            CompletableFuture<Integer> future,
            RandomTransfer transfer,
            Lease lease,
            AioContext context,
            boolean readsBack) {
        future.whenComplete((count, thrown) -> {
            boolean goesOn = false;
            try {
                if (thrown != null && AllowedOutcome.isRefusedAtClosing(context, thrown)) {
                    walk.tally().count(OperationCounts.Kind.REFUSED_AT_CLOSING);
                } else {
                    walk.tally().submittedToContext();
                    goesOn = judge(transfer, count, thrown) && readsBack && transfer.isWrite();
                }
                if (goesOn) {
                    RandomTransfer read = transfer.readBack();
                    onCompletion(read.submit(context), read, lease, context, false);
                }
            } catch (Throwable e) {
                goesOn = false;
                walk.fail(e);
            } finally {
                if (!goesOn) {
                    end(transfer, lease);
                }
            }
        });
    }

    private boolean judge(RandomTransfer transfer, Integer count, Throwable thrown) {
        if (thrown == null) {
            transfer.succeeded(count);
            return true;
        }
        transfer.failedAfter(AllowedOutcome.moved(walk, thrown, transfer.length()));
        return false;
    }

    private void watched(Runnable check) {
        try {
            check.run();
        } catch (Throwable e) {
            walk.fail(e);
        }
    }

    private Lease lend(boolean fromPool) throws InterruptedException {
        if (fromPool) {
            AioBuffer buffer = pool.acquire();
            return new Lease(buffer.segment(), buffer);
        }
        synchronized (segments) {
            return new Lease(segments.remove(), null);
        }
    }

    private void release(Lease lease) {
        if (lease.buffer() != null) {
            lease.buffer().close();
        } else {
            synchronized (segments) {
                segments.add(lease.segment());
            }
        }
    }

    private void end(RandomTransfer transfer, Lease lease) {
        if (lease != null) {
            release(lease);
        }
        transfer.release();
        slots.release();
    }
}
