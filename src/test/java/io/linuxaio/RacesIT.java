package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Race;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Operations that begin while their file, arena or context is closed, and futures cancelled as they complete. */
@OnRealKernel
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RacesIT {
    private static final int BLOCK = 4096;

    /** So large that the C library maps it separately: once it is freed, the kernel returns EFAULT. */
    private static final int LARGE = 1 << 20;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private Path path;

    @BeforeEach
    void file() throws IOException {
        path = Files.write(directory.resolve("file"), Bytes.random(1, LARGE));
    }

    private interface Attempt {
        void make() throws IOException;
    }

    private void attempt(Attempt attempt) {
        try {
            attempt.make();
            accepted.incrementAndGet();
        } catch (IllegalStateException closed) {
            refused.incrementAndGet();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Some came before the closing, and some after it. */
    private boolean bothHappened() {
        return accepted.get() > 0 && refused.get() > 0;
    }

    @Test
    void aClosingContextCompletesAcceptedOperationsAndRefusesTheRest() throws Exception {
        AioContext[] context = new AioContext[1];
        Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();
        try (AioFile file = AioFile.open(path);
                AioArena arena = AioArena.ofShared()) {
            MemorySegment block = arena.allocate(BLOCK);
            // With one slot, so that one waits for the other when the closing comes.
            Runnable single = () -> {
                for (int i = 0; i < 20; i++) {
                    futures.add(context[0].read(file, block, 0));
                }
            };
            Runnable batches = () -> {
                for (int i = 0; i < 5; i++) {
                    AioBatch batch = context[0].batch();
                    List<CompletableFuture<Integer>> added = new ArrayList<>();
                    for (int j = 0; j < 3; j++) {
                        added.add(batch.read(file, block, 0));
                    }
                    futures.addAll(added);
                    batch.submit();
                }
            };
            Race.of(150, single, single, batches, () -> context[0].close())
                    .until(this::bothHappened)
                    .run(() -> context[0] = open(1), () -> {
                        for (CompletableFuture<?> future : futures) {
                            assertEnded(future, context[0]);
                        }
                        futures.clear();
                        AioStats stats = context[0].stats();
                        assertThat(stats.submitted()).isEqualTo(stats.succeeded());
                        assertThat(stats.inFlight()).isZero();
                        assertThat(stats.strayEvents()).isZero();
                        assertThat(arena.inFlight()).isZero();
                    });
        }
    }

    /** The operation transferred all bytes, or failed because the file or the context was closed. */
    private void assertEnded(CompletableFuture<?> future, AioContext context) {
        try {
            assertThat(future.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(BLOCK);
            accepted.incrementAndGet();
        } catch (CompletionException e) {
            assertThat(e.getCause()).as("%s", context).isInstanceOf(ClosedChannelException.class);
            refused.incrementAndGet();
        }
    }

    private static AioContext open(int depth) {
        try {
            return AioContext.builder().queueDepth(depth).open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anArenaIsNotFreedUnderAnOperation() throws Exception {
        AioArena[] arena = new AioArena[1];
        MemorySegment[] memory = new MemorySegment[1];
        Queue<CompletableFuture<Integer>> futures = new ConcurrentLinkedQueue<>();
        AtomicInteger closed = new AtomicInteger();
        AtomicInteger inUse = new AtomicInteger();
        try (AioContext aio = open(4);
                AioFile file = aio.open(path)) {
            Runnable read = () -> attempt(() -> futures.add(file.read(memory[0], 0)));
            Runnable close = () -> {
                try {
                    arena[0].close();
                    closed.incrementAndGet();
                } catch (IllegalStateException e) {
                    inUse.incrementAndGet();
                    arena[0].closeWhenIdle();
                }
            };
            Race.of(1500, read, close)
                    .until(() -> bothHappened() && closed.get() > 0 && inUse.get() > 0)
                    .run(
                            () -> {
                                arena[0] = AioArena.ofShared();
                                memory[0] = arena[0].allocate(LARGE);
                            },
                            () -> {
                                for (CompletableFuture<Integer> future : futures) {
                                    assertThat(future.join()).isEqualTo(LARGE);
                                }
                                futures.clear();
                                assertThat(memory[0].scope().isAlive()).isFalse();
                            });
        }
        assertThat(closed.get() + inUse.get()).as("number of closes").isGreaterThanOrEqualTo(1500);
    }

    @Test
    void aDescriptorIsNotReusedUnderAnOperation() throws Exception {
        Path other = Files.write(directory.resolve("other"), new byte[BLOCK]);
        AioFile[] files = new AioFile[2];
        Queue<CompletableFuture<Integer>> futures = new ConcurrentLinkedQueue<>();
        AtomicInteger reused = new AtomicInteger();
        try (AioContext aio = open(4);
                AioArena arena = AioArena.ofShared()) {
            MemorySegment block = Bytes.copy(arena, Bytes.random(2, BLOCK));
            Runnable write = () -> {
                for (int i = 0; i < 3; i++) {
                    futures.add(files[0].write(block, 0));
                }
            };
            Runnable closeAndOpen = () -> {
                try {
                    int number = files[0].handle().number();
                    files[0].close();
                    files[1] = aio.open(other, READ, WRITE);
                    reused.addAndGet(files[1].handle().number() == number ? 1 : 0);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            };
            Race.of(1000, write, closeAndOpen)
                    .until(() -> bothHappened() && reused.get() > 0)
                    .run(
                            () -> {
                                try {
                                    files[0] = aio.open(path, READ, WRITE, CREATE);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            },
                            () -> {
                                for (CompletableFuture<Integer> future : futures) {
                                    assertEnded(future, aio);
                                }
                                futures.clear();
                                try {
                                    files[1].close();
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
        }
        assertThat(Files.readAllBytes(other)).isEqualTo(new byte[BLOCK]);
    }

    @Test
    void aFutureCancelledAsItCompletesReportsOnceAndReleasesItsMemory() throws Exception {
        AtomicInteger reported = new AtomicInteger();
        AtomicInteger cancelled = new AtomicInteger();
        AtomicInteger completed = new AtomicInteger();
        long operations;
        try (AioArena arena = AioArena.ofShared()) {
            AioContext aio = open(2);
            try (AioFile file = aio.open(path)) {
                MemorySegment block = arena.allocate(BLOCK);
                Queue<CompletableFuture<Integer>> futures = new ConcurrentLinkedQueue<>();
                Runnable read = () -> {
                    CompletableFuture<Integer> future = file.read(block, 0);
                    future.whenComplete((_, _) -> reported.incrementAndGet());
                    futures.add(future);
                };
                Runnable cancel = () -> {
                    for (int i = 0; i < 2000 && futures.isEmpty(); i++) {
                        Thread.onSpinWait();
                    }
                    CompletableFuture<Integer> future = futures.peek();
                    if (future != null) {
                        future.cancel(true);
                    }
                };
                Race.of(3000, read, cancel)
                        .until(() -> completed.get() > 0 && cancelled.get() > 0)
                        .run(() -> {}, () -> {
                            CompletableFuture<Integer> future = futures.remove();
                            try {
                                assertThat(future.join()).isEqualTo(BLOCK);
                                completed.incrementAndGet();
                            } catch (CancellationException e) {
                                cancelled.incrementAndGet();
                            }
                        });
            } finally {
                aio.close();
            }
            operations = aio.stats().succeeded();
            assertThat(aio.stats().strayEvents()).isZero();
            assertThat(aio.stats().inFlight()).isZero();
            assertThat(arena.inFlight()).isZero();
        }
        assertThat(reported.get()).isEqualTo(completed.get() + cancelled.get()).isEqualTo((int) operations);
    }
}
