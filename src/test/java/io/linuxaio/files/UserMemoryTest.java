package io.linuxaio.files;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.OnKernel;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The caller's memory while whole files are read and written, and the objects that a result keeps reachable. */
class UserMemoryTest extends FakeKernelFixture {
    private static final int LENGTH = 4 * AioFileOperations.BLOCK_SIZE;

    @Test
    void aFailedReadKeepsTheMemoryUntilTheOtherBlocksHaveCompleted() throws Exception {
        AioContext aio = open(16);
        kernel.put(PATH.toString(), new byte[LENGTH]);
        kernel.hold();
        kernel.script(FakeOutcome.error(Errno.EIO));
        CompletableFuture<Long> read = AioFiles.using(aio).read(PATH, 0, arena.allocate(LENGTH));
        kernel.awaitHeld(4);

        kernel.release(0);
        Await.until("the failure is known", () -> aio.stats().failed() == 1);

        assertThat(Await.becomes(read::isDone, Duration.ofMillis(200)))
                .as("completed while blocks were in flight")
                .isFalse();
        kernel.releaseAll();
        assertThat(failure(read)).isInstanceOf(IOException.class).hasMessageContaining("EIO");
        assertThat(arena.inFlight()).isZero();
    }

    @Test
    void mappedMemoryIsNotPassedToTheKernel() throws Exception {
        AioContext aio = open(16);
        Path mapped = Files.createTempFile(Files.createDirectories(Path.of("target")), "mapped", ".bin");
        try (FileChannel channel = FileChannel.open(mapped, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH, arena);
            AioFiles.using(aio).write(PATH, memory.fill((byte) 'M')).join();
            assertThat(contents()).hasSize(LENGTH).containsOnly('M');
            memory.fill((byte) 0);
            assertThat(AioFiles.using(aio).read(PATH, 0, memory).join()).isEqualTo(LENGTH);

            assertThat(memory.get(JAVA_BYTE, LENGTH - 1)).isEqualTo((byte) 'M');
            assertThat(kernel.requests())
                    .isNotEmpty()
                    .noneMatch(request -> request.buffer() >= memory.address()
                            && request.buffer() < memory.address() + memory.byteSize());
        } finally {
            Files.delete(mapped);
        }
    }

    @Test
    void aRetainedResultDoesNotRetainItsContext() throws Exception {
        CompletableFuture<?>[] kept = new CompletableFuture<?>[2];
        WeakReference<AioContext> context = useContext(kept);

        Await.until("the context is collected", () -> {
            System.gc();
            return context.get() == null;
        });
        assertThat(kept).allMatch(CompletableFuture::isDone);
    }

    private WeakReference<AioContext> useContext(CompletableFuture<?>[] kept) throws IOException {
        try (AioContext aio = OnKernel.open(kernel, AioContext.builder().queueDepth(2));
                AioFile file =
                        OnKernel.file(kernel, aio, PATH, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE))) {
            kernel.script(FakeOutcome.error(Errno.EIO));
            kept[0] = file.write(block(1), 0);
            assertThat(failure(kept[0])).isInstanceOf(AioException.class);
            kept[1] = file.write(block(1), 0);
            kept[1].join();
            return new WeakReference<>(aio);
        }
    }
}
