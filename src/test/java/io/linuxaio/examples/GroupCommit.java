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
 * One thread commits what many hand it through a bounded queue: all that has come while it was busy goes with one system
 * call and one flush. A full queue holds up those who bring more.
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

    /** Hands a block in; the future tells where it stands, once it is durable. Not after {@link #finish}. */
    CompletableFuture<Long> append(MemorySegment block) throws InterruptedException {
        Entry entry = new Entry(block, new CompletableFuture<>());
        entries.put(entry);
        return entry.committed();
    }

    // @start region="groups"
    private void commitAll() {
        List<Entry> group = new ArrayList<>();
        Throwable broken = null;
        boolean open = true;
        while (open) {
            takeInto(group);
            open = !group.remove(END);
            // After a failed sync nobody knows what is on the device: the log takes no more.
            broken = broken == null ? commit(group) : broken;
            if (broken != null) {
                for (Entry entry : group) {
                    entry.committed().completeExceptionally(broken);
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

    /** How many groups were committed; after {@link #finish}. */
    int groups() {
        return groups;
    }

    /** Commits what was handed in, and ends. */
    void finish() throws InterruptedException {
        entries.put(END);
        committer.join();
    }
}
