package io.linuxaio.log;

import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The meeting place of appending threads and the committer: a double buffer. Appends fill one buffer while the committer
 * writes the other. If there is no room, appends wait in the order of their arrival.
 */
final class PendingGroups {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition room = lock.newCondition();
    /** Held by the one append that waits for room; later ones queue for it, so that a large record is not overtaken. */
    private final ReentrantLock turnstile = new ReentrantLock(true);

    private GroupBuffer filling;
    private GroupBuffer other;
    private boolean committerWaits;
    private boolean closed;
    private LogFailedException failure;
    private volatile Thread committer;

    PendingGroups(GroupBuffer first, GroupBuffer second) {
        filling = first;
        other = second;
    }

    /** Names the thread that makes room and must therefore never wait for it. */
    void committer(Thread thread) {
        committer = thread;
    }

    /** Adds a record, or waits until there is room for it. */
    CompletableFuture<Long> append(MemorySegment record) {
        return enqueue(new PendingAppend(), record);
    }

    /** Adds a request to make all records before it durable. */
    CompletableFuture<Long> sync() {
        return enqueue(new PendingAppend(), null);
    }

    private CompletableFuture<Long> enqueue(PendingAppend append, MemorySegment record) {
        boolean onCommitter = Thread.currentThread() == committer;
        if ((onCommitter || !turnstile.isLocked()) && tryAdd(append, record)) {
            return append;
        }
        if (onCommitter) {
            throw new IllegalStateException(
                    "a callback on the log's own thread appends, and there is no room: this thread"
                            + " would wait for itself; append from another thread, by thenAcceptAsync for example");
        }
        try {
            turnstile.lockInterruptibly();
            try {
                addWhenThereIsRoom(append, record);
            } finally {
                turnstile.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            append.completeExceptionally(
                    new InterruptedIOException("interrupted while it waited for room; the record is not in the log"));
        }
        return append;
    }

    private boolean tryAdd(PendingAppend append, MemorySegment record) {
        lock.lock();
        try {
            return addOrFail(append, record);
        } finally {
            lock.unlock();
        }
    }

    private void addWhenThereIsRoom(PendingAppend append, MemorySegment record) throws InterruptedException {
        lock.lock();
        try {
            while (!addOrFail(append, record)) {
                room.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns {@code false} if there is no room. */
    private boolean addOrFail(PendingAppend append, MemorySegment record) {
        if (failure != null) {
            append.completeExceptionally(new LogFailedException(failure.getMessage(), failure.getCause()));
        } else if (closed) {
            append.completeExceptionally(new ClosedChannelException());
        } else if (!filling.fits(record == null ? 0 : record.byteSize())) {
            return false;
        } else {
            if (record == null) {
                filling.addSync(append);
            } else {
                filling.add(append, record);
            }
            if (committerWaits) {
                work.signal();
            }
        }
        return true;
    }

    /**
     * Waits for appends and takes them. Called by the committer, which has given back the buffer it took before.
     *
     * @param nanos the maximum wait
     * @return the group, or {@code null} if there is none
     */
    GroupBuffer take(long nanos) {
        lock.lock();
        try {
            committerWaits = true;
            awaitWork(nanos);
            committerWaits = false;
            if (filling.isEmpty()) {
                return null;
            }
            GroupBuffer taken = filling;
            filling = other;
            other = null;
            room.signal();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void awaitWork(long nanos) {
        long left = nanos;
        while (filling.isEmpty() && !closed && left > 0) {
            try {
                left = work.awaitNanos(left);
            } catch (InterruptedException e) {
                // By a callback, since nobody else knows the thread. It means nothing here.
                continue;
            }
        }
    }

    /** Gives back a buffer, emptied. */
    void giveBack(GroupBuffer buffer) {
        lock.lock();
        try {
            other = buffer;
        } finally {
            lock.unlock();
        }
    }

    /** Returns {@code true} if the log is closed and nothing is left to be committed. */
    boolean isFinished() {
        lock.lock();
        try {
            return closed && filling.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses further appends. Those added before can still be taken. */
    void close() {
        lock.lock();
        try {
            closed = true;
            work.signal();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Fails further appends, and returns the futures that the committer will not complete any more. */
    List<PendingAppend> fail(LogFailedException cause) {
        lock.lock();
        try {
            failure = cause;
            room.signalAll();
            return filling.exchangeAppends(List.of());
        } finally {
            lock.unlock();
        }
    }

    /** Returns the failure that ended the log, or {@code null}. */
    LogFailedException failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }
}
