package io.linuxaio.bench;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * A journal of one submitting thread, whose blocks are acknowledged by a polling thread. The submitter has a given number of
 * blocks in flight, and waits for acknowledgements in between.
 */
public abstract class Journal implements Session {
    private final JournalCase settings;
    private final Semaphore room;
    private volatile int error;

    /** Creates a journal; nothing is in flight yet. */
    protected Journal(JournalCase settings) {
        this.settings = settings;
        room = new Semaphore(settings.inFlight());
    }

    /** Submits a block. */
    protected abstract void write(int slot, long position) throws IOException;

    /** Acknowledges so many blocks. For the polling thread. */
    protected final void acknowledge(int blocks) {
        room.release(blocks);
    }

    /** Notes that a write has failed. For the polling thread, before it acknowledges the block. */
    protected final void fail(int errno) {
        error = errno;
    }

    /** Writes so many blocks one after the other, and waits for all. */
    public final void writeAll(int count) throws IOException, InterruptedException {
        int blocks = settings.blocks();
        for (int i = 0; i < count; i++) {
            room.acquire();
            write(i % settings.inFlight(), (long) (i % blocks) * JournalCase.BLOCK);
        }
        room.acquire(settings.inFlight());
        room.release(settings.inFlight());
        if (error != 0) {
            throw new IOException("a write failed with error " + error);
        }
    }

    @Override
    public final void run(Meter meter) {
        throw new UnsupportedOperationException("a journal writes a given number of blocks");
    }
}
