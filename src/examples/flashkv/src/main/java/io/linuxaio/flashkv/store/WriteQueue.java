package io.linuxaio.flashkv.store;

import io.linuxaio.log.LogWriter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Group commit by Leader/Followers. The first connection that writes becomes the leader: it runs the batches of all that wait,
 * as one transaction, and appends one record to the log. Connections that arrive meanwhile wait; one of them leads next.
 *
 * <p>One transaction is under way at a time, and it is published when its record is durable. So commands compute with durable
 * values alone. If the log refuses the record, for lack of space for example, nothing is to be undone: the transaction is
 * dropped, and its batches run once more, with a view in which writes fail.
 */
final class WriteQueue {
    private final Keyspace keyspace;
    private final LogWriter log;
    private final LongSupplier clock;
    private final LongConsumer onPublished;
    private final MutationWriter record = new MutationWriter();

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean hasLeader;

    private volatile String refusal = "";

    /**
     * Creates a queue.
     *
     * @param onPublished receives the position of each record in the log after its writes are published
     */
    WriteQueue(Keyspace keyspace, LogWriter log, LongSupplier clock, LongConsumer onPublished) {
        this.keyspace = keyspace;
        this.log = log;
        this.clock = clock;
        this.onPublished = onPublished;
    }

    /** Returns the reason for which the last transaction was refused; empty if it was not. */
    String refusal() {
        return refusal;
    }

    /** Runs a batch, and returns when its writes are durable or refused. */
    void execute(Batch batch) {
        Waiting own = new Waiting(batch);
        if (enqueue(own) || own.await() == State.LEADER) {
            // Its own batch is the first of those that wait.
            lead(own);
        }
    }

    /** Returns {@code true} if the caller leads. */
    private boolean enqueue(Waiting own) {
        lock.lock();
        try {
            waiting.add(own);
            boolean leads = !hasLeader;
            hasLeader = true;
            return leads;
        } finally {
            lock.unlock();
        }
    }

    private void lead(Waiting own) {
        List<Waiting> group = List.of();
        try {
            group = new ArrayList<>();
            takeGroup(group);
            commit(group);
        } finally {
            handOver(own);
            for (Waiting each : group) {
                each.signal(State.DONE);
            }
        }
    }

    private void takeGroup(List<Waiting> group) {
        long size = 0;
        lock.lock();
        try {
            while (!waiting.isEmpty()) {
                size += waiting.peek().batch.maxRecordSize();
                if (size > log.maxRecordSize() && !group.isEmpty()) {
                    break;
                }
                group.add(waiting.remove());
            }
        } finally {
            lock.unlock();
        }
    }

    private void handOver(Waiting own) {
        Waiting next;
        lock.lock();
        try {
            // It is still there only if an Error has ended the commit before it began.
            if (waiting.peek() == own) {
                waiting.remove();
            }
            next = waiting.peek();
            hasLeader = next != null;
        } finally {
            lock.unlock();
        }
        if (next != null) {
            next.signal(State.LEADER);
        }
    }

    private void commit(List<Waiting> group) {
        String failure;
        try {
            record.reset();
            Transaction transaction = new Transaction(keyspace, clock.getAsLong(), record);
            runAll(group, transaction);
            if (record.length() > 0) {
                long position = append();
                transaction.publish();
                onPublished.accept(position);
                refusal = "";
            }
            return;
        } catch (IOException e) {
            failure = "MISCONF the log does not accept writes: " + e.getMessage();
        } catch (RuntimeException | Error e) {
            failure = "ERR the write failed: " + e;
        }
        refusal = failure;
        refuse(group, new CommittedView(keyspace, clock.getAsLong(), failure));
    }

    private static void refuse(List<Waiting> group, View view) {
        for (Waiting each : group) {
            try {
                each.batch.run(view);
            } catch (RuntimeException | Error e) {
                // The failure that is reported is the first one; a batch without replies reports an error.
                continue;
            }
        }
    }

    private static void runAll(List<Waiting> group, View view) {
        for (Waiting each : group) {
            each.batch.run(view);
        }
    }

    private long append() throws IOException {
        try {
            return log.append(record.bytes()).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    private enum State {
        WAITING,
        LEADER,
        DONE
    }

    /** A batch in the queue, and the thread that waits for it. */
    private static final class Waiting {
        private final Batch batch;
        private final Thread thread = Thread.currentThread();
        private volatile State state = State.WAITING;

        Waiting(Batch batch) {
            this.batch = batch;
        }

        void signal(State next) {
            state = next;
            LockSupport.unpark(thread);
        }

        State await() {
            boolean interrupted = false;
            while (state == State.WAITING) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return state;
        }
    }
}
