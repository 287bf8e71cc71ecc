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

/** Writers of durable blocks that go on until the filesystem fails beneath them, and what became of the blocks. */
final class DurableLoad {
    /** Every way to make a write durable. */
    static final Set<Guarantee> GUARANTEES = EnumSet.complementOf(EnumSet.of(Guarantee.NONE));

    private final Set<Guarantee> guarantees;
    private final long seed;
    private final Random random;
    private final AtomicLong acknowledged = new AtomicLong();
    private final List<DurableWriter> writers = new ArrayList<>();
    private boolean lastOnesCount = true;
    private volatile boolean failing;

    /** One writer for each guarantee, each with a file of its own in the folder. */
    DurableLoad(Path folder, Set<Guarantee> guarantees, long seed) {
        this.guarantees = guarantees;
        this.seed = seed;
        random = new Random(seed);
        guarantees.forEach(each -> writers.add(new DurableWriter(folder, each, acknowledged, this::counts)));
        if (!guarantees.contains(Guarantee.NONE)) {
            // So that there is always something to be lost. What becomes of it is nobody's concern.
            writers.add(new DurableWriter(folder, Guarantee.NONE, new AtomicLong(), this::counts));
        }
    }

    /**
     * Relies on what is acknowledged before the failure begins, and not on what is while it goes on: for one in whose
     * course the kernel itself acknowledges what it then forgets.
     */
    DurableLoad withoutTheLastOnes() {
        lastOnesCount = false;
        return this;
    }

    private boolean counts() {
        return lastOnesCount || !failing;
    }

    /** What makes the filesystem fail. */
    interface Failure {
        void happen() throws IOException;
    }

    /**
     * Writes until the filesystem fails, which it is made to in the middle of it.
     *
     * @param empty whether the files are empty at first, and so extended; else they are overwritten
     * @param failure makes it fail, for good
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

    /** When the filesystem is back: how many of the blocks that were acknowledged are not there. */
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

    /** How many writes were acknowledged in all. */
    long acknowledged() {
        return acknowledged.get();
    }
}
