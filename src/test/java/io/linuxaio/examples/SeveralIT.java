package io.linuxaio.examples;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioArena;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.filesystems.WithFaultyFilesystem;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.fuse.FaultyFilesystem;
import io.linuxaio.testing.fuse.InjectedFault;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of waiting for the first and for all, with operations that are held or fail. */
@OnRealKernel
@Tag("own-volumes")
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class SeveralIT extends WithFaultyFilesystem {
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 4;
    private static final byte[] CONTENTS = Bytes.random(9, BLOCK);

    private AioContext aio;
    private AioBufferPool pool;
    private AioArena arena;
    private AioFile one;
    private AioFile other;

    @BeforeEach
    void open() throws IOException {
        aio = AioContext.builder().queueDepth(BLOCKS).open();
        pool = AioBufferPool.of(2, BLOCK);
        arena = AioArena.ofShared();
        one = aio.open(faulty.file("one", CONTENTS), READ);
        other = aio.open(faulty.file("other", CONTENTS), READ);
    }

    @AfterEach
    void close() throws IOException {
        faulty.release();
        aio.close();
        one.close();
        other.close();
        pool.close();
        arena.close();
    }

    private void holdOneRead() {
        faulty.inject(new InjectedFault("READ", InjectedFault.What.HOLD, 0, 0, 1));
    }

    private void assertTheOtherIsStillTheKernels() {
        faulty.awaitHeld(1);
        assertThat(aio.stats().inFlight()).isEqualTo(1);
        assertThat(pool.available()).isEqualTo(1);
        faulty.release();
        Await.until("its buffer is released", () -> pool.available() == 2);
    }

    @Test
    void theFirstResultWins() throws Exception {
        holdOneRead();

        assertThat(Several.readFromEither(pool, one, other, 0)).isEqualTo(CONTENTS);

        assertTheOtherIsStillTheKernels();
    }

    @Test
    void theFirstThreadToSucceedWinsAndTheOtherIsReleased() throws Exception {
        holdOneRead();

        assertThat(Several.readFromEitherInThreads(pool, one, other, 0)).isEqualTo(CONTENTS);

        assertTheOtherIsStillTheKernels();
    }

    @Test
    void aFailedThreadDoesNotWin() throws Exception {
        faulty.fail("READ", FaultyFilesystem.EIO, 0);
        assertThat(Several.readFromEitherInThreads(pool, one, other, 0)).isEqualTo(CONTENTS);
    }

    private List<MemorySegment> blocks() {
        return IntStream.range(0, BLOCKS)
                .mapToObj(i -> Bytes.copy(arena, Bytes.random(i, BLOCK)))
                .toList();
    }

    @Test
    void allHaveCompletedEvenIfOneFailed() throws Exception {
        try (AioFile file = aio.open(faulty.file("all", new byte[BLOCKS * BLOCK]), WRITE)) {
            faulty.fail("WRITE", FaultyFilesystem.EIO, 0);
            faulty.hold("WRITE");

            CompletableFuture<Void> all = Several.writeAll(file, blocks());

            faulty.awaitHeld(BLOCKS - 1);
            Await.until("one operation has failed", () -> aio.stats().failed() == 1);
            assertThat(all).isNotDone();
            faulty.release();
            assertThatThrownBy(all::join).hasMessageContaining("EIO");
            assertThat(aio.stats().inFlight()).isZero();
        }
    }

    @Test
    void sequentialJoinsLeaveTheRestInFlightAfterAFailure() throws Exception {
        try (AioFile file = aio.open(faulty.file("all", new byte[BLOCKS * BLOCK]), WRITE)) {
            faulty.fail("WRITE", FaultyFilesystem.EIO, 0);
            faulty.hold("WRITE");

            assertThatThrownBy(() -> Several.writeAllInTurn(file, blocks())).hasMessageContaining("EIO");

            faulty.awaitHeld(BLOCKS - 1);
            assertThat(aio.stats().inFlight()).isEqualTo(BLOCKS - 1);
            faulty.release();
        }
        assertThat(aio.stats().succeeded()).isEqualTo(BLOCKS - 1);
    }

    @Test
    void theSumOfAllWritesIsTheLength() throws Exception {
        try (AioFile file = aio.open(faulty.file("all", new byte[BLOCKS * BLOCK]), WRITE)) {
            assertThat(Several.writeAllInTurn(file, blocks())).isEqualTo(BLOCKS * BLOCK);
            Several.writeAll(file, blocks()).join();
        }
    }
}
