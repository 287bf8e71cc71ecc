package io.linuxaio.log.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/** H2's MVStore as a log: a map from numbers to records, committed and synced for each append. */
final class StoreLog implements BenchLog {
    private final MVStore store;
    private final MVMap<Long, byte[]> map;
    private final AtomicLong next = new AtomicLong();

    StoreLog(Path directory) {
        store = new MVStore.Builder()
                .fileName(directory.resolve("store").toString())
                .autoCommitDisabled()
                .open();
        map = store.openMap("log");
    }

    @Override
    public void append(byte[] record) {
        map.put(next.getAndIncrement(), record);
        store.commit();
        store.sync();
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
