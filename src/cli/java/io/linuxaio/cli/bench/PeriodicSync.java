package io.linuxaio.cli.bench;

import java.io.IOException;

/** A sync of the file after each given number of writes. It counts them, and is due until it has run. */
final class PeriodicSync {
    private final int writes;
    private final Call call;
    private int pending;

    /** The system call. */
    interface Call {
        void sync() throws IOException;
    }

    /**
     * @param writes the number of writes before each sync; 0 for no sync
     */
    PeriodicSync(int writes, Call call) {
        this.writes = writes;
        this.call = call;
    }

    void onWrite() {
        pending++;
    }

    /** Returns {@code true} if no other write may be started before the sync. */
    boolean isDue() {
        return writes > 0 && pending >= writes;
    }

    /** Syncs the file. The writes must have completed. */
    void run() throws IOException {
        call.sync();
        pending = 0;
    }
}
