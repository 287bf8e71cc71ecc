package io.linuxaio.bench.linuxaio;

import io.linuxaio.AioArena;
import io.linuxaio.AioCompletionHandler;
import io.linuxaio.AioFile;
import io.linuxaio.AioPoller;
import io.linuxaio.bench.Journal;
import io.linuxaio.bench.JournalCase;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** A journal over an {@link AioPoller}: each poll is acknowledged as a whole, after one fdatasync if there are syncs. */
public final class PollerJournal extends Journal {
    private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

    private final AioPoller poller;
    private final AioArena arena = AioArena.ofShared();
    private final AioFile file;
    private final FileChannel syncs;
    private final MemorySegment[] buffers;

    /** Opens a journal. */
    public PollerJournal(JournalCase settings) throws IOException {
        super(settings);
        poller = AioPoller.builder().queueDepth(settings.inFlight()).open();
        file = AioFile.open(settings.path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
        // The same call on the same file, without a change of threads.
        syncs = settings.syncs() ? FileChannel.open(settings.path(), StandardOpenOption.WRITE) : null;
        buffers = new MemorySegment[settings.inFlight()];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = arena.allocate(JournalCase.BLOCK);
        }
        Thread.ofPlatform().daemon().name("poller").start(this::poll);
    }

    private void poll() {
        AioCompletionHandler handler = this::completed;
        int count;
        while ((count = poller.await(1, FOREVER, handler)) >= 0) {
            if (count > 0) {
                sync();
                acknowledge(count);
            }
        }
    }

    private void completed(long slot, int result) {
        if (result != JournalCase.BLOCK) {
            fail(result);
        }
    }

    private void sync() {
        if (syncs != null) {
            try {
                syncs.force(false);
            } catch (IOException e) {
                fail(1);
            }
        }
    }

    @Override
    protected void write(int slot, long position) {
        poller.write(file, buffers[slot], position, slot);
    }

    @Override
    public void close() throws IOException {
        poller.close();
        file.close();
        arena.close();
        if (syncs != null) {
            syncs.close();
        }
    }
}
