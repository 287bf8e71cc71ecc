package io.linuxaio.flashkv.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.log.LogWriter;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Group commit, and batches that fail. */
@OnRealKernel
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class WriteQueueIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final Keyspace keyspace = new Keyspace();
    private final AtomicInteger records = new AtomicInteger();
    private final AtomicLong last = new AtomicLong(-1);

    private LogWriter open() throws Exception {
        return LogWriter.builder(directory)
                .segmentSize(1 << 20)
                .bufferSize(64 << 10)
                .open();
    }

    private WriteQueue queue(LogWriter log) {
        return new WriteQueue(keyspace, log, System::currentTimeMillis, position -> {
            records.incrementAndGet();
            assertThat(last.getAndSet(position)).isLessThan(position);
        });
    }

    private static Batch batch(int size, Consumer<View> commands) {
        return new Batch() {
            @Override
            public void run(View view) {
                commands.accept(view);
            }

            @Override
            public int maxRecordSize() {
                return size;
            }
        };
    }

    private static Key key(String text) {
        return new Key(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void count(View view) {
        Entry entry = view.get(key("n"));
        int number = entry == null ? 0 : Integer.parseInt(new String(entry.value(), StandardCharsets.US_ASCII));
        view.put(key("n"), new Entry(Integer.toString(number + 1).getBytes(StandardCharsets.US_ASCII), Entry.NEVER));
    }

    @Test
    void batchesOfManyThreadsShareCommitsAndNoneIsLost() throws Exception {
        int threads = 200;
        int each = 20;
        try (LogWriter log = open()) {
            WriteQueue queue = queue(log);
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                writers.add(Thread.ofVirtual().start(() -> {
                    for (int k = 0; k < each; k++) {
                        // The size also bounds the groups.
                        queue.execute(batch(1000, WriteQueueIT::count));
                    }
                }));
            }
            for (Thread writer : writers) {
                writer.join();
            }
        }
        assertThat(new String(keyspace.get(key("n")).value(), StandardCharsets.US_ASCII))
                .isEqualTo("" + threads * each);
        assertThat(records.get()).isLessThan(threads * each / 2);
    }

    @Test
    void aBatchThatFailsChangesNothingAndTheQueueGoesOn() throws Exception {
        WriteQueue queue;
        List<String> runs = new ArrayList<>();
        try (LogWriter log = open()) {
            queue = queue(log);
            queue.execute(batch(100, view -> {
                try {
                    view.put(key("half"), new Entry(new byte[1], Entry.NEVER));
                    runs.add("ran");
                    throw new OutOfMemoryError("of the test");
                } catch (WriteRefusedException e) {
                    runs.add(e.getMessage());
                }
            }));
            assertThat(runs).containsExactly("ran", "ERR the write failed: java.lang.OutOfMemoryError: of the test");
            assertThat(keyspace.size()).isZero();
            queue.execute(batch(100, WriteQueueIT::count));
            assertThat(keyspace.size()).isEqualTo(1);
            assertThat(queue.refusal()).isEmpty();
        }
        queue.execute(batch(100, view -> {
            try {
                count(view);
            } catch (WriteRefusedException e) {
                runs.add(e.getMessage());
            }
        }));
        assertThat(runs.getLast()).startsWith("MISCONF the log does not accept writes");
    }

    @Test
    void aBatchThatWritesNothingMakesNoRecord() throws Exception {
        try (LogWriter log = open()) {
            WriteQueue queue = queue(log);
            AtomicInteger runs = new AtomicInteger();
            queue.execute(batch(100, view -> runs.incrementAndGet()));
            assertThat(runs).hasValue(1);
            assertThat(records).hasValue(0);
        }
    }
}
