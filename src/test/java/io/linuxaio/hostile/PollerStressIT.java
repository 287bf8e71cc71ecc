package io.linuxaio.hostile;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioArena;
import io.linuxaio.AioCompletionHandler;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.AioPoller;
import io.linuxaio.AioPollerBatch;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads submit to a poller, wake it, close its files and close it: each accepted operation is delivered once. */
@OnRealKernel
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class PollerStressIT {
    private static final int BLOCK = 4096;
    private static final int SUBMITTERS = 6;
    private static final int OPERATIONS = 20_000;
    private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AioArena arena = AioArena.ofShared();
    private Path path;
    private AioFile file;

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("file");
        file = AioFile.open(path, READ, WRITE, CREATE, AioOpenOption.BUFFERED);
        file.setLength(4 * BLOCK);
    }

    @AfterEach
    void close() throws IOException {
        file.close();
        arena.close();
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }

    private interface Body {
        void run() throws Exception;
    }

    private Thread start(Body body) {
        return Thread.ofPlatform().daemon().start(() -> {
            try {
                body.run();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
        });
    }

    private static void joinAll(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Submits operations numbered from here on, by all ways, and counts those that are accepted in the array. */
    private void submit(AioPoller poller, AtomicIntegerArray accepted, int from, Random random) throws IOException {
        MemorySegment block = arena.allocate(BLOCK);
        MemorySegment[] two = {block, arena.allocate(BLOCK)};
        AioFile closed = AioFile.open(path, READ, AioOpenOption.BUFFERED);
        closed.close();
        AioPollerBatch batch = poller.batch(8);
        for (int i = from; i < from + OPERATIONS; i++) {
            boolean isAccepted = true;
            switch (random.nextInt(8)) {
                case 0 -> poller.write(file, block, 0, i);
                case 1 -> poller.readv(file, two, BLOCK, i);
                case 2 -> poller.dataSync(closed, i);
                case 3 -> isAccepted = poller.tryRead(file, block, 0, i);
                case 4 -> isAccepted = poller.tryWrite(file, block, BLOCK, i);
                case 5 -> {
                    isAccepted = batch.read(file, block, 0, i);
                    if (!isAccepted) {
                        batch.submit();
                    }
                }
                case 6 -> {
                    poller.wakeup();
                    poller.read(file, block, 0, i);
                }
                default -> poller.read(file, block, 0, i);
            }
            if (isAccepted) {
                accepted.incrementAndGet(i);
            }
        }
        while (batch.size() > 0) {
            batch.submit();
        }
    }

    private AioCompletionHandler countingInto(AtomicIntegerArray delivered) {
        return (userData, result) -> delivered.incrementAndGet((int) userData);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 64})
    void eachAcceptedOperationIsDeliveredOnce(int depth) throws Exception {
        AtomicIntegerArray accepted = new AtomicIntegerArray(SUBMITTERS * OPERATIONS);
        AtomicIntegerArray delivered = new AtomicIntegerArray(SUBMITTERS * OPERATIONS);
        Random seeds = new Random(Seed.next());
        AtomicLong counted = new AtomicLong();
        try (AioPoller poller = AioPoller.builder().queueDepth(depth).open()) {
            Thread polling = start(() -> {
                AioCompletionHandler handler = countingInto(delivered);
                int count;
                while ((count = poller.await(1, FOREVER, handler)) >= 0) {
                    counted.addAndGet(count);
                }
            });
            List<Thread> submitters = new ArrayList<>();
            for (int i = 0; i < SUBMITTERS; i++) {
                int from = i * OPERATIONS;
                Random random = new Random(seeds.nextLong());
                submitters.add(start(() -> submit(poller, accepted, from, random)));
            }
            joinAll(submitters);
            poller.shutdown();
            polling.join();
            assertThat(failure).hasNullValue();
            assertThat(poller.inFlight()).isZero();
            assertThat(poller.stats().succeeded() + poller.stats().failed()).isEqualTo(counted.get());
        }
        assertThat(delivered.toString()).isEqualTo(accepted.toString());
        assertThat(arena.inFlight()).isZero();
    }

    @Test
    void thePollingThreadChangesFromCallToCall() throws Exception {
        int count = 3 * OPERATIONS;
        AtomicIntegerArray delivered = new AtomicIntegerArray(count);
        MemorySegment block = arena.allocate(BLOCK);
        AtomicLong left = new AtomicLong(count);
        try (AioPoller poller = AioPoller.builder().queueDepth(4).open()) {
            AioCompletionHandler handler = (userData, result) -> {
                delivered.incrementAndGet((int) userData);
                left.decrementAndGet();
            };
            List<Thread> polling = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                polling.add(start(() -> {
                    while (left.get() > 0) {
                        try {
                            poller.await(1, Duration.ofMillis(1), handler);
                        } catch (IllegalStateException busy) {
                            Thread.yield();
                        }
                    }
                }));
            }
            for (int i = 0; i < count; i++) {
                poller.read(file, block, 0, i);
            }
            joinAll(polling);
        }
        for (int i = 0; i < count; i++) {
            assertThat(delivered.get(i)).isEqualTo(1);
        }
    }

    /** Closing is normal life for those who submit and poll meanwhile, and the memory is free after it. */
    @Test
    void pollersAreClosedUnderTheirUsers() throws Exception {
        MemorySegment block = arena.allocate(BLOCK);
        for (int round = 0; round < 200 && failure.get() == null; round++) {
            AioPoller poller = AioPoller.builder().queueDepth(1 + round % 5).open();
            AtomicLong begun = new AtomicLong();
            List<Thread> users = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                users.add(start(() -> {
                    AioPollerBatch batch = poller.batch(3);
                    try {
                        while (true) {
                            poller.read(file, block, 0, 1);
                            poller.tryWrite(file, block, 0, 2);
                            batch.read(file, block, 0, 3);
                            batch.dataSync(file, 4);
                            batch.submit();
                            poller.wakeup();
                            begun.incrementAndGet();
                        }
                    } catch (RejectedExecutionException closed) {
                        // As documented.
                    }
                }));
            }
            users.add(start(() -> {
                while (poller.await(1, FOREVER, (userData, result) -> {}) >= 0) {
                    // Until it is closed.
                }
            }));
            int enough = round;
            Await.spinning("operations begin", () -> begun.get() >= enough || failure.get() != null);
            poller.close();
            assertThat(poller.inFlight()).isZero();
            joinAll(users);
            assertThat(arena.inFlight()).isZero();
        }
    }

    /** Closing a file is normal life, too: operations begun after it fail. */
    @Test
    void filesAreClosedUnderOperations() throws Exception {
        AtomicLong lastFailed = new AtomicLong(-1);
        AtomicLong accepted = new AtomicLong();
        AtomicLong delivered = new AtomicLong();
        MemorySegment block = arena.allocate(BLOCK);
        try (AioPoller poller = AioPoller.builder().queueDepth(8).open()) {
            Thread polling = start(() -> {
                while (poller.await(1, FOREVER, (userData, result) -> {
                            delivered.incrementAndGet();
                            if (result < 0) {
                                lastFailed.set(userData);
                            }
                        })
                        >= 0) {
                    // Until it is shut down.
                }
            });
            for (int round = 0; round < 300; round++) {
                AioFile brief = AioFile.open(path, READ, AioOpenOption.BUFFERED);
                int number = round;
                // Several fail in a round; those of an earlier round may be delivered in a later one.
                Thread submitter = start(() -> {
                    do {
                        poller.read(brief, block, 0, number);
                        accepted.incrementAndGet();
                    } while (lastFailed.get() != number);
                });
                long enough = delivered.get() + round % 7;
                Await.spinning("deliveries", () -> delivered.get() >= enough || failure.get() != null);
                brief.close();
                submitter.join();
            }
            poller.shutdown();
            polling.join();
        }
        assertThat(delivered.get()).isEqualTo(accepted.get());
        assertThat(arena.inFlight()).isZero();
    }
}
