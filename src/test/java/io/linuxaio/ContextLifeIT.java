package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The life cycle of contexts, as far as it can be tested without holding operations in flight. */
@OnRealKernel
@SuppressWarnings("try") // Closing what a try statement closes again is what is tested.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ContextLifeIT {
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 64;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path path;
    private AioArena arena;

    @BeforeEach
    void prepareFile() throws IOException {
        path = Files.write(directory.resolve("file"), new byte[BLOCKS * BLOCK]);
        arena = AioArena.ofShared();
    }

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private AioFile open(AioContext aio) throws IOException {
        return aio.open(path, READ, WRITE);
    }

    private MemorySegment block(int number) {
        return Bytes.copy(arena, Bytes.random(number, BLOCK));
    }

    @Test
    void aFileOutlivesItsContext() throws IOException {
        AioContext aio = AioContext.builder().queueDepth(4).open();
        try (AioFile file = open(aio)) {
            aio.close();

            assertThat(file.isOpen()).isTrue();
            assertThat(file.size()).isEqualTo((long) BLOCKS * BLOCK);
            file.setLength(BLOCK);
            assertThatThrownBy(() -> file.write(block(1), 0).join())
                    .hasCauseInstanceOf(ClosedChannelException.class)
                    .hasMessageContaining("context is closed");
            try (AioContext other = AioContext.builder().queueDepth(1).open()) {
                assertThat(other.write(file, block(1), 0).join()).isEqualTo(BLOCK);
            }
        }
    }

    @Test
    void anIdleContextCloses() throws IOException {
        for (int i = 0; i < 50; i++) {
            AioContext.builder().queueDepth(1 + i).open().close();
        }
    }

    @Test
    void theSharedContextDoesNotClose() throws IOException, InterruptedException {
        AioContext shared = AioContext.shared();
        shared.close();

        shared.shutdown();
        assertThat(shared.awaitTermination(Duration.ofDays(1))).isFalse();
        assertThat(shared.isOpen()).isTrue();
        assertThat(AioContext.shared()).isSameAs(shared);
        try (AioFile file = shared.open(path)) {
            assertThat(file.read(block(1), 0).join()).isEqualTo(BLOCK);
        }
    }

    @Test
    void operationsAcceptedWhileTheContextClosesSucceed() throws Exception {
        for (int round = 0; round < 20; round++) {
            try (AioContext aio = AioContext.builder().queueDepth(4).open();
                    AioFile file = open(aio)) {
                MemorySegment block = block(round);
                HeldOperations.Started<Integer> writing = HeldOperations.Started.platform(() -> {
                    int written = 0;
                    try {
                        while (true) {
                            file.write(block, 0).join();
                            written++;
                        }
                    } catch (CompletionException closed) {
                        assertThat(closed).hasCauseInstanceOf(ClosedChannelException.class);
                        return written;
                    }
                });
                Await.until("some writes have completed", () -> aio.stats().succeeded() > 3);
                aio.close();
                assertThat((long) writing.result())
                        .isEqualTo(aio.stats().succeeded())
                        .isEqualTo(aio.stats().submitted());
            }
        }
    }

    @Test
    void callbacksKeepAQueueOfDepthOneBusy() throws IOException {
        try (AioContext aio = AioContext.builder().queueDepth(1).open();
                AioFile file = open(aio)) {
            MemorySegment block = block(6);
            CompletableFuture<Integer> chain = file.write(block, 0);
            for (int i = 1; i < 300; i++) {
                long position = (long) BLOCK * (i % BLOCKS);
                chain = chain.thenCompose(written -> file.write(block, position));
            }
            assertThat(chain.join()).isEqualTo(BLOCK);
            assertThat(aio.stats().succeeded()).isEqualTo(300);
        }
    }

    @Test
    void anArenaCanBeClosedAsSoonAsTheFutureIsDone() throws IOException {
        try (AioContext aio = AioContext.builder().queueDepth(4).open();
                AioFile file = aio.open(directory.resolve("other"), READ, WRITE, CREATE)) {
            for (int i = 0; i < 200; i++) {
                AioArena own = AioArena.ofShared();
                MemorySegment[] two = {own.allocate(BLOCK), own.allocate(BLOCK)};
                if (i % 2 == 0) {
                    file.write(two[0], 0).join();
                } else {
                    file.writev(two, 0).join();
                }
                own.close();
            }
        }
    }
}
