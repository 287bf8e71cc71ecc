package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.DurableWriter.Guarantee;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Concurrent writers of durable blocks, which run until the filesystem fails beneath them. */
final class DurableLoad {
    /** The ways to make a write durable. */
    static final Set<Guarantee> GUARANTEES = EnumSet.complementOf(EnumSet.of(Guarantee.NONE));

    private final Set<Guarantee> guarantees;
    private final long seed;
    private final Random random;
    private final AtomicLong acknowledged = new AtomicLong();
    private final List<DurableWriter> writers = new ArrayList<>();
    private boolean lastOnesCount = true;
    private volatile boolean failing;

    /** Returns one writer for each guarantee, each with its own file in the directory. */
    DurableLoad(Path directory, Set<Guarantee> guarantees, long seed) {
        this.guarantees = guarantees;
        this.seed = seed;
        random = new Random(seed);
        guarantees.forEach(each -> writers.add(new DurableWriter(directory, each, acknowledged, this::counts)));
        if (!guarantees.contains(Guarantee.NONE)) {
            // A writer without a guarantee, so that there are always blocks to lose.
            writers.add(new DurableWriter(directory, Guarantee.NONE, new AtomicLong(), this::counts));
        }
    }

    /**
     * Relies only on acknowledgements before the failure begins. During some failures the kernel acknowledges writes
     * that it then loses.
     */
    DurableLoad withoutTheLastOnes() {
        lastOnesCount = false;
        return this;
    }

    private boolean counts() {
        return lastOnesCount || !failing;
    }

    /** A way to make the filesystem fail. */
    interface Failure {
        void happen() throws IOException;
    }

    /**
     * Writes, makes the filesystem fail meanwhile, and waits until all writers have failed.
     *
     * @param empty {@code true} to extend empty files, {@code false} to overwrite existing blocks
     * @param failure the permanent failure
     */
    void writeUntil(boolean empty, Failure failure) throws IOException, InterruptedException {
        List<Thread> threads = new ArrayList<>();
        failing = false;
        try (AioContext aio = AioContext.builder().queueDepth(32).open()) {
            for (DurableWriter writer : writers) {
                writer.prepare(aio, random.nextLong(), empty);
            }
            long enough = acknowledged.get() + 50 + random.nextInt(400);
            for (DurableWriter writer : writers) {
                threads.add(Thread.ofPlatform().start(writer));
            }
            Await.until(
                    "writes are acknowledged",
                    () -> acknowledged.get() >= enough || threads.stream().noneMatch(Thread::isAlive));
            failing = true;
            failure.happen();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(aio.stats().inFlight()).isZero();
        }
        for (DurableWriter writer : writers) {
            assertThat(writer.end())
                    .as("%s, seed %d", writer, seed)
                    .isInstanceOf(AioException.class)
                    .hasMessageFindingMatch("EIO|EROFS");
        }
    }

    /** Returns the number of acknowledged blocks that are missing after the filesystem is mounted again. */
    int countLost() throws IOException {
        int lost = 0;
        try (AioContext aio = AioContext.open()) {
            for (DurableWriter writer : writers) {
                int ofThis = writer.countLost(aio);
                lost += guarantees.contains(writer.guarantee()) ? ofThis : 0;
            }
        }
        return lost;
    }

    /** Returns the number of acknowledged writes. */
    long acknowledged() {
        return acknowledged.get();
    }
}
