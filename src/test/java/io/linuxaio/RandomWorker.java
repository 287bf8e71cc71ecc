package io.linuxaio;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/** One thread of {@link RandomOperationsIT}: keeps a few random operations in flight, and looks at what they did. */
final class RandomWorker implements Runnable {
    private static final int IN_FLIGHT = 12;
    private static final int MOST_UNITS = 40;
    private static final long LARGEST_UNIT = 4096;

    private final Random random;
    private final List<ModelledFile> files;
    private final List<AioContext> contexts;
    private final long deadline;
    private final AtomicReference<Throwable> failure;
    private final Semaphore places = new Semaphore(IN_FLIGHT);
    private final Deque<MemorySegment> buffers = new ArrayDeque<>();
    private long operations;

    RandomWorker(
            Random random,
            List<ModelledFile> files,
            List<AioContext> contexts,
            long deadline,
            AtomicReference<Throwable> failure) {
        this.random = random;
        this.files = files;
        this.contexts = contexts;
        this.deadline = deadline;
        this.failure = failure;
    }

    long operations() {
        return operations;
    }

    @Override
    public void run() {
        try (AioArena arena = AioArena.ofShared()) {
            for (int i = 0; i < IN_FLIGHT; i++) {
                buffers.add(arena.allocate(MOST_UNITS * LARGEST_UNIT));
            }
            while (System.nanoTime() - deadline < 0 && failure.get() == null) {
                places.acquire();
                start();
            }
            // All are back: so closing the arena has to work.
            places.acquire(IN_FLIGHT);
        } catch (InterruptedException | RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        }
    }

    private void start() {
        ModelledFile file = files.get(random.nextInt(files.size()));
        AioContext context = contexts.get(random.nextInt(contexts.size()));
        int kind = random.nextInt(20);
        if (kind < 2) {
            operations++;
            whenDone(kind == 0 ? context.dataSync(file.file()) : context.sync(file.file()), () -> {});
            return;
        }
        int units = 1 + random.nextInt(MOST_UNITS);
        int first = file.take(random, units);
        if (first < 0) {
            places.release();
            return;
        }
        operations++;
        MemorySegment buffer = takeBuffer();
        MemorySegment segment = buffer.asSlice(0, (long) units * file.unit());
        if (kind < 11) {
            write(file, context, first, buffer, segment);
        } else {
            read(file, context, first, buffer, segment);
        }
    }

    private void write(ModelledFile file, AioContext context, int first, MemorySegment buffer, MemorySegment segment) {
        byte[] bytes = new byte[(int) segment.byteSize()];
        random.nextBytes(bytes);
        segment.copyFrom(MemorySegment.ofArray(bytes));
        long position = (long) first * file.unit();
        CompletableFuture<Integer> done = switch (random.nextInt(3)) {
            case 0 -> context.write(file.file(), segment, position);
            case 1 -> context.writev(file.file(), parts(file, segment), position);
            default -> {
                AioBatch batch = context.batch();
                CompletableFuture<Integer> write = batch.write(file.file(), segment, position);
                batch.submit();
                yield write;
            }
        };
        whenDone(done.thenAccept(count -> requireAll(count, segment)), () -> {
            file.written(first, bytes);
            giveBack(file, first, buffer, segment);
        });
    }

    private void read(ModelledFile file, AioContext context, int first, MemorySegment buffer, MemorySegment segment) {
        segment.fill((byte) 0x77);
        long position = (long) first * file.unit();
        CompletableFuture<Integer> done = switch (random.nextInt(3)) {
            case 0 -> context.read(file.file(), segment, position);
            case 1 -> context.readv(file.file(), parts(file, segment), position);
            default -> {
                AioBatch batch = context.batch();
                CompletableFuture<Integer> read = batch.read(file.file(), segment, position);
                batch.submit();
                yield read;
            }
        };
        whenDone(done.thenAccept(count -> requireAll(count, segment)), () -> {
            file.read(first, segment);
            giveBack(file, first, buffer, segment);
        });
    }

    private static void requireAll(int count, MemorySegment segment) {
        if (count != segment.byteSize()) {
            throw new AssertionError(count + " bytes were moved, not " + segment.byteSize());
        }
    }

    private MemorySegment[] parts(ModelledFile file, MemorySegment segment) {
        int units = (int) (segment.byteSize() / file.unit());
        int cut = random.nextInt(units + 1) * file.unit();
        return new MemorySegment[] {segment.asSlice(0, cut), segment.asSlice(cut)};
    }

    private void whenDone(CompletableFuture<?> done, Runnable then) {
        done.thenRun(then).whenComplete((nothing, thrown) -> {
            if (thrown != null) {
                failure.compareAndSet(null, thrown);
            }
            places.release();
        });
    }

    private void giveBack(ModelledFile file, int first, MemorySegment buffer, MemorySegment segment) {
        synchronized (buffers) {
            buffers.add(buffer);
        }
        file.giveBack(first, (int) (segment.byteSize() / file.unit()));
    }

    private MemorySegment takeBuffer() {
        synchronized (buffers) {
            return buffers.remove();
        }
    }
}
