package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * A writer of durable blocks to its own file, which records acknowledgements until the filesystem fails. Each block
 * contains its number and the number of times it was written.
 */
final class DurableWriter implements Runnable {
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 128;
    private static final int AT_ONCE = 4;

    /** The ways to make a write durable. */
    enum Guarantee {
        /** {@link AioFile#dataSync}, for several writes at once. */
        DATA_SYNC,
        /** {@link AioFile#sync}. */
        SYNC,
        /** The file was opened with {@code DSYNC}. */
        OPENED_WITH_DSYNC,
        /** {@link AioRequestFlag#DSYNC}. */
        FLAG_DSYNC,
        /** None: such writes must be seen to be lost. */
        NONE
    }

    private final Path path;
    private final Guarantee guarantee;
    private final AtomicLong allAcknowledged;
    private final BooleanSupplier counts;
    private final long[] issued = new long[BLOCKS];
    private final long[] acknowledged = new long[BLOCKS];
    private AioContext aio;
    private Random random;
    private Throwable end;

    /**
     * Creates a writer that counts acknowledgements for all writers together.
     *
     * @param counts called after each acknowledgement: {@code true} if the test relies on it
     */
    DurableWriter(Path directory, Guarantee guarantee, AtomicLong allAcknowledged, BooleanSupplier counts) {
        this.path = directory.resolve(guarantee.name());
        this.guarantee = guarantee;
        this.allAcknowledged = allAcknowledged;
        this.counts = counts;
    }

    /** Prepares a run; an empty file is extended block by block, in any order. */
    void prepare(AioContext context, long seed, boolean empty) throws IOException {
        aio = context;
        random = new Random(seed ^ guarantee.ordinal());
        end = null;
        try (AioFile file = aio.open(path, WRITE, CREATE)) {
            if (empty) {
                file.setLength(0);
                Arrays.fill(acknowledged, 0);
            }
            file.sync().join();
        }
    }

    @Override
    public void run() {
        try (AioFile file = guarantee == Guarantee.OPENED_WITH_DSYNC
                        ? aio.open(path, READ, WRITE, DSYNC)
                        : aio.open(path, READ, WRITE);
                AioArena arena = AioArena.ofShared()) {
            AioFile view = guarantee == Guarantee.FLAG_DSYNC ? file.with(AioRequestFlag.DSYNC) : file;
            MemorySegment memory = arena.allocate(AT_ONCE * BLOCK);
            while (end == null) {
                writeSome(view, memory);
            }
        } catch (IOException | RuntimeException e) {
            end = e;
        }
    }

    /** Writes blocks side by side, from a random position on. */
    private void writeSome(AioFile file, MemorySegment memory) {
        int count = 1 + random.nextInt(AT_ONCE);
        int first = random.nextInt(BLOCKS - count + 1);
        CompletableFuture<?>[] writes = new CompletableFuture<?>[count];
        for (int i = 0; i < count; i++) {
            int block = first + i;
            MemorySegment source = memory.asSlice((long) i * BLOCK, BLOCK);
            fill(source, block, ++issued[block]);
            writes[i] = file.write(source, (long) block * BLOCK);
        }
        CompletableFuture<?> all = CompletableFuture.allOf(writes);
        try {
            switch (guarantee) {
                case DATA_SYNC -> all.thenCompose(done -> file.dataSync()).join();
                case SYNC -> all.thenCompose(done -> file.sync()).join();
                default -> all.join();
            }
        } catch (CompletionException e) {
            end = e.getCause();
            return;
        }
        if (counts.getAsBoolean()) {
            System.arraycopy(issued, first, acknowledged, first, count);
            allAcknowledged.addAndGet(count);
        }
    }

    private void fill(MemorySegment target, int block, long version) {
        Random contents = new Random(version * BLOCKS + block);
        target.set(JAVA_LONG, 0, block);
        target.set(JAVA_LONG, 8, version);
        for (long at = 16; at < BLOCK; at += 8) {
            target.set(JAVA_LONG, at, contents.nextLong());
        }
    }

    /** Returns the guarantee of its writes. */
    Guarantee guarantee() {
        return guarantee;
    }

    /** Returns the exception that ended the run. */
    Throwable end() {
        return end;
    }

    /** Returns the number of acknowledged blocks that are missing or outdated after the failure. */
    int countLost(AioContext context) throws IOException {
        int lost = 0;
        try (AioFile file = context.open(path);
                AioArena arena = AioArena.ofShared()) {
            MemorySegment there = arena.allocate((long) BLOCKS * BLOCK);
            MemorySegment expected = arena.allocate(BLOCK);
            file.read(there, 0).join();
            for (int block = 0; block < BLOCKS; block++) {
                MemorySegment one = there.asSlice((long) block * BLOCK, BLOCK);
                long version = one.get(JAVA_LONG, 8);
                fill(expected, block, version);
                boolean whole = one.mismatch(expected) == -1;
                if (acknowledged[block] > 0 && !(whole && version >= acknowledged[block] && version <= issued[block])) {
                    printLoss(block, one, whole, version);
                    lost++;
                }
                acknowledged[block] = whole ? version : 0;
            }
        }
        return lost;
    }

    // Writes without a guarantee are lost by the hundred.
    private void printLoss(int block, MemorySegment there, boolean whole, long version) {
        if (guarantee != Guarantee.NONE) {
            System.out.printf(
                    "%s: block %d says it is block %d, version %d, and is %swhole; acknowledged was %d of %d%n",
                    this,
                    block,
                    there.get(JAVA_LONG, 0),
                    version,
                    whole ? "" : "not ",
                    acknowledged[block],
                    issued[block]);
        }
    }

    @Override
    public String toString() {
        return guarantee.toString();
    }
}
