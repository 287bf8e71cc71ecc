package io.linuxaio;

import io.linuxaio.internal.engine.FileHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A registry of the open pollers of the process, which recognizes waits of a polling thread for itself. */
final class OpenPollers {
    /** Copy-on-write: a file must close without memory. */
    private static volatile PollerCompletions[] all = {};

    private OpenPollers() {}

    static synchronized void add(PollerCompletions poller) {
        PollerCompletions[] extended = Arrays.copyOf(all, all.length + 1);
        extended[all.length] = poller;
        all = extended;
    }

    static synchronized void remove(PollerCompletions poller) {
        List<PollerCompletions> remaining = new ArrayList<>(Arrays.asList(all));
        remaining.remove(poller);
        all = remaining.toArray(new PollerCompletions[0]);
    }

    /** Returns {@code true} if the calling thread is in a handler of any poller. */
    static boolean isDeliveredByCurrentThread() {
        for (PollerCompletions poller : all) {
            if (poller.isPolling(Thread.currentThread())) {
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
        for (PollerCompletions poller : all) {
            if (poller.isLastPolledBy(Thread.currentThread()) && poller.isUsing(file)) {
                throw new IllegalStateException("an AioPoller that this thread polls has operations on " + file.path()
                        + "; poll them first, or close the file on another thread");
            }
        }
    }
}
