package io.linuxaio.examples;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;

/**
 * Group commit: one thread commits the entries that many threads put into a bounded queue. All entries that arrived while
 * it was busy are written with one system call and one flush. A full queue blocks the threads that append.
 */
final class GroupCommit {
    private record Entry(MemorySegment block, CompletableFuture<Long> committed) {}

    private static final Entry END = new Entry(MemorySegment.NULL, new CompletableFuture<>());

    private final AioContext aio;
    private final AioFile log;
    private final BlockingQueue<Entry> entries;
    private final Thread committer =
            Thread.ofPlatform().daemon().name("committer").unstarted(this::commitAll);
    private long position;
    private int groups;

    GroupCommit(AioContext aio, AioFile log, int capacity) {
        this.aio = aio;
        this.log = log;
        entries = new ArrayBlockingQueue<>(capacity);
        committer.start();
    }

    /** Appends a block. The future completes with its position when it is durable. Not to be called after {@link #finish}. */
    CompletableFuture<Long> append(MemorySegment block) throws InterruptedException {
        Entry entry = new Entry(block, new CompletableFuture<>());
        entries.put(entry);
        return entry.committed();
    }

    // @start region="groups"
    private void commitAll() {
        List<Entry> group = new ArrayList<>();
        Throwable failure = null;
        boolean open = true;
        while (open) {
            takeInto(group);
            open = !group.remove(END);
            // After a failed sync the contents of the device are unknown: the log accepts no more entries.
            failure = failure == null ? commit(group) : failure;
            if (failure != null) {
                for (Entry entry : group) {
                    entry.committed().completeExceptionally(failure);
                }
            }
            group.clear();
        }
    }

    private void takeInto(List<Entry> group) {
        try {
            group.add(entries.take());
        } catch (InterruptedException e) {
            group.add(END);
        }
        entries.drainTo(group);
    }

    // @end

    private Throwable commit(List<Entry> group) {
        List<MemorySegment> blocks = group.stream().map(Entry::block).toList();
        try {
            BatchExample.commit(aio, log, blocks, position).join();
        } catch (RuntimeException e) {
            return e;
        }
        groups++;
        for (Entry entry : group) {
            entry.committed().complete(position);
            position += entry.block().byteSize();
        }
        return null;
    }

    /** Returns the number of groups committed. To be called after {@link #finish}. */
    int groups() {
        return groups;
    }

    /** Commits the entries appended so far, and stops the thread. */
    void finish() throws InterruptedException {
        entries.put(END);
        committer.join();
    }
}
