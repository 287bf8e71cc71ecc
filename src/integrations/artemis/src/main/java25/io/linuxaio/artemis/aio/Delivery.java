package io.linuxaio.artemis.aio;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.nativo.jlibaio.SubmitInfo;

/**
 * The operations that are done and whose callbacks were not called. Any thread adds; the polling thread takes them in groups,
 * with one sync for a group.
 */
final class Delivery {
    private final boolean syncs;
    private final GroupSync sync = new GroupSync();
    private final Queue<Operation> done = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    // Used again for each group.
    private final List<Operation> group = new ArrayList<>();

    Delivery(boolean syncs) {
        this.syncs = syncs;
    }

    void add(Operation operation) {
        done.add(operation);
        size.incrementAndGet();
    }

    int size() {
        return size.get();
    }

    /** Calls the callbacks of all. If some throw, throws the first exception at the end. */
    void call() {
        while (takeGroup(Integer.MAX_VALUE) > 0) {
            callGroup(true);
        }
    }

    /** Stores the callbacks of at most this number, and calls those of failed operations. */
    int store(SubmitInfo[] callbacks, int max) {
        int count = takeGroup(max);
        for (int i = 0; i < count; i++) {
            callbacks[i] = group.get(i).callback();
        }
        callGroup(false);
        return count;
    }

    /** Fails operations that no thread will poll, and those that are here. */
    void cancel(List<Operation> operations) {
        fillGroup(Integer.MAX_VALUE);
        group.addAll(operations);
        for (Operation operation : group) {
            if (!operation.isFailed()) {
                operation.failUnseen(Errors.ECANCELED, "the context was closed before a poll");
            }
        }
        callGroup(false);
    }

    private int takeGroup(int max) {
        fillGroup(max);
        if (syncs) {
            sync.sync(group);
        }
        return group.size();
    }

    private void fillGroup(int max) {
        while (group.size() < max) {
            Operation operation = done.poll();
            if (operation == null) {
                break;
            }
            size.decrementAndGet();
            group.add(operation);
        }
    }

    private void callGroup(boolean callsDone) {
        Throwable thrown = null;
        for (Operation operation : group) {
            operation.file().release();
            try {
                if (operation.isFailed()) {
                    operation.callOnError();
                } else if (callsDone) {
                    operation.callback().done();
                }
            } catch (RuntimeException | Error e) {
                if (thrown == null) {
                    thrown = e;
                } else if (thrown != e) {
                    thrown.addSuppressed(e);
                }
            }
        }
        group.clear();
        rethrow(thrown);
    }

    private static void rethrow(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        } else if (thrown != null) {
            throw (RuntimeException) thrown;
        }
    }
}
