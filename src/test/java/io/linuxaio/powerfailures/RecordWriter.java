package io.linuxaio.powerfailures;

import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioRequestFlag;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioWriteOption;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;

/** A writer of durable records with one guarantee, a few of them side by side. */
final class RecordWriter implements Runnable {
    /** The number of records after which it stops, which limits the file on a fast machine. */
    private static final int ENOUGH = 4096;

    private final AioContext aio;
    private final Path file;
    private final Guarantee guarantee;
    private final Random random;
    private final BooleanSupplier stopped;
    // Only the writer's thread changes it.
    private volatile long acknowledged;
    private volatile Throwable failure;

    /**
     * Creates a writer.
     *
     * @param directory contains the file, whose name is that of the guarantee
     * @param stopped returns {@code true} to end the run
     */
    RecordWriter(AioContext aio, Path directory, Guarantee guarantee, long seed, BooleanSupplier stopped) {
        this.aio = aio;
        this.file = directory.resolve(guarantee.name());
        this.guarantee = guarantee;
        this.random = new Random(seed ^ guarantee.ordinal());
        this.stopped = stopped;
    }

    @Override
    public void run() {
        try {
            if (guarantee == Guarantee.ATOMIC_REPLACE) {
                replaceFile();
            } else {
                writeFile();
            }
        } catch (IOException | CompletionException e) {
            failure = e;
        }
    }

    private void replaceFile() {
        while (goesOn()) {
            ByteBuffer contents = ByteBuffer.allocate(Guarantee.COPIES * DurableRecord.SIZE);
            MemorySegment blocks = MemorySegment.ofBuffer(contents);
            for (long at = 0; at < blocks.byteSize(); at += DurableRecord.SIZE) {
                fill(blocks.asSlice(at, DurableRecord.SIZE), acknowledged + 1);
            }
            AioFiles.using(aio)
                    .write(file, contents, AioWriteOption.ATOMIC_REPLACE)
                    .join();
            acknowledged++;
        }
    }

    private void writeFile() throws IOException {
        OpenOption[] options =
                guarantee == Guarantee.OPENED_WITH_DSYNC ? new OpenOption[] {WRITE, DSYNC} : new OpenOption[] {WRITE};
        try (AioFile opened = aio.open(file, options);
                AioArena arena = AioArena.ofShared()) {
            AioFile view = guarantee == Guarantee.FLAG_DSYNC ? opened.with(AioRequestFlag.DSYNC) : opened;
            MemorySegment blocks = arena.allocate(Guarantee.MAX_AT_ONCE * DurableRecord.SIZE);
            while (goesOn()) {
                int count = 1 + random.nextInt(Guarantee.MAX_AT_ONCE);
                writeSome(view, blocks, count);
                switch (guarantee) {
                    case DATA_SYNC -> view.dataSync().join();
                    case SYNC -> view.sync().join();
                    default -> {}
                }
                acknowledged += count;
            }
        }
    }

    private void writeSome(AioFile view, MemorySegment blocks, int count) {
        CompletableFuture<?>[] writes = new CompletableFuture<?>[count];
        for (int i = 0; i < count; i++) {
            long number = acknowledged + 1 + i;
            MemorySegment block = blocks.asSlice((long) i * DurableRecord.SIZE, DurableRecord.SIZE);
            fill(block, number);
            writes[i] = view.write(block, guarantee.position(number));
        }
        CompletableFuture.allOf(writes).join();
    }

    private boolean goesOn() {
        return acknowledged < ENOUGH && !stopped.getAsBoolean();
    }

    private void fill(MemorySegment block, long number) {
        new DurableRecord(guarantee, number, acknowledged).writeTo(block, random);
    }

    /** Returns the number of records that were acknowledged. */
    long acknowledged() {
        return acknowledged;
    }

    /** Returns the exception that ended the run, or {@code null}. */
    Throwable failure() {
        return failure;
    }

    @Override
    public String toString() {
        return guarantee.name();
    }
}
