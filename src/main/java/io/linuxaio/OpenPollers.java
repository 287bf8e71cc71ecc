package io.linuxaio;

import io.linuxaio.internal.engine.FileHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A registry of the open pollers of the process, which recognizes waits of a polling thread for itself. Only adding a poller
 * allocates: pollers and files must close without memory.
 */
final class OpenPollers {
    private static final int FIRST_CAPACITY = 4;

    /** Null elements are free. */
    private static volatile AtomicReferenceArray<PollerCompletions> all = new AtomicReferenceArray<>(FIRST_CAPACITY);

    private OpenPollers() {}

    static synchronized void add(PollerCompletions poller) {
        AtomicReferenceArray<PollerCompletions> present = all;
        int index = indexOf(null);
        if (index < 0) {
            index = present.length();
            AtomicReferenceArray<PollerCompletions> larger = new AtomicReferenceArray<>(2 * index);
            for (int i = 0; i < index; i++) {
                larger.set(i, present.get(i));
            }
            present = larger;
        }
        present.set(index, poller);
        all = present;
    }

    static synchronized void remove(PollerCompletions poller) {
        int index = indexOf(poller);
        if (index >= 0) {
            all.set(index, null);
        }
    }

    private static int indexOf(PollerCompletions poller) {
        AtomicReferenceArray<PollerCompletions> present = all;
        for (int i = 0; i < present.length(); i++) {
            if (present.get(i) == poller) {
                return i;
            }
        }
        return -1;
    }

    /** Returns {@code true} if the calling thread is in a handler of any poller. */
    static boolean isDeliveredByCurrentThread() {
        AtomicReferenceArray<PollerCompletions> present = all;
        for (int i = 0; i < present.length(); i++) {
            PollerCompletions poller = present.get(i);
            if (poller != null && poller.isPolling(Thread.currentThread())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Throws if a poller that this thread polled last has operations on the file: waiting for those would be a wait for this
     * thread itself.
     */
    static void refuseToWaitFor(FileHandle file) {
        AtomicReferenceArray<PollerCompletions> present = all;
        for (int i = 0; i < present.length(); i++) {
            PollerCompletions poller = present.get(i);
            if (poller != null && poller.isLastPolledBy(Thread.currentThread()) && poller.isUsing(file)) {
                throw new IllegalStateException("an AioPoller that this thread polls has operations on " + file.path()
                        + "; poll them first, or close the file on another thread");
            }
        }
    }
}
