package io.linuxaio.flashkv.store;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Reports the progress of a recovery, once a second. */
final class Progress {
    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);
    private static final int PERCENT = 100;
    private static final int MEBI = 1 << 20;

    private final Consumer<String> console;
    private final long began = System.nanoTime();
    private long last = began;
    private long records;

    Progress(Consumer<String> console) {
        this.console = console;
    }

    void onSnapshot(long read, long size) {
        if (isTime()) {
            console.accept("reading the snapshot: %d %% of %d MiB".formatted(PERCENT * read / size, size / MEBI));
        }
    }

    void onRecord(long bytes, long size) {
        records++;
        if (isTime()) {
            console.accept(
                    "reading the log: %d records, %d of at most %d MiB".formatted(records, bytes / MEBI, size / MEBI));
        }
    }

    private boolean isTime() {
        long now = System.nanoTime();
        if (now - last < INTERVAL) {
            return false;
        }
        last = now;
        return true;
    }

    void onEnd(long keys) {
        console.accept("recovered %d keys, %d records of the log, in %d ms"
                .formatted(keys, records, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)));
    }
}
