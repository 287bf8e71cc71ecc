package io.linuxaio.files;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.OnKernel;
import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.testing.Bytes;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The block copier while the source changes, the disk fails or the copy is cancelled. */
class BlockCopyTest extends FakeKernelFixture {
    private static final Path SOURCE = Path.of("/fake/source");
    private static final int DEPTH = 4;

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<Long> reported = new ArrayList<>();
    private AioContext aio;

    /** Returns the source, which tests change during the copy. */
    private AioFile other;

    private AioFile source;
    private AioFile target;

    @BeforeEach
    void open() throws IOException {
        aio = open(8);
        other = OnKernel.file(kernel, aio, SOURCE, Set.of(READ, WRITE, CREATE));
        source = OnKernel.file(kernel, aio, SOURCE, Set.of(READ));
        target = OnKernel.file(kernel, aio, PATH, Set.of(WRITE, CREATE_NEW));
    }

    @AfterEach
    void close() throws IOException {
        kernel.releaseAll();
        other.close();
        source.close();
        target.close();
    }

    private byte[] fill(int length) throws IOException {
        byte[] bytes = Bytes.random(length, length);
        byte[] padded = Arrays.copyOf(bytes, (length + 511) / 512 * 512);
        other.write(Bytes.copy(arena, padded), 0).join();
        other.setLength(length);
        return bytes;
    }

    private void copy(int depth, AioCopyProgress progress) throws IOException {
        BlockCopy.Shape shape = new BlockCopy.Shape(BLOCK, depth);
        new BlockCopy(
                        aio,
                        source,
                        target,
                        source.size(),
                        shape,
                        (done, total) -> {
                            reported.add(done);
                            progress.copied(done, total);
                        },
                        stopped::get)
                .run();
    }

    private void copy() throws IOException {
        copy(DEPTH, (_, _) -> {});
    }

    /** Runs an action once, when the first block has been copied. */
    private AioCopyProgress afterTheFirst(AioCopyProgress change) {
        return (done, total) -> {
            if (reported.size() == 1) {
                change.copied(done, total);
            }
        };
    }

    private long requests(int opcode) {
        return kernel.requests().stream()
                .filter(request -> request.opcode() == opcode)
                .count();
    }

    private List<Long> positionsRead() {
        return kernel.requests().stream()
                .filter(FakeRequest::isRead)
                .map(FakeRequest::position)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1",
        "1, 1",
        "511, 3",
        "512, 4",
        "4096, 1",
        "4097, 2",
        "40960, 1",
        "40961, 3",
        "123457, 4",
        "81920, 7"
    })
    void theCopyEqualsTheSource(int length, int depth) throws IOException {
        byte[] bytes = fill(length);

        copy(depth, (_, _) -> {});

        assertThat(contents()).isEqualTo(bytes);
        assertThat(reported).isSorted().doesNotHaveDuplicates().endsWith((long) length);
    }

    @Test
    void onlyDataExtentsAreRead() throws IOException {
        other.setLength(100L * BLOCK);
        other.write(block('a'), 10L * BLOCK).join();
        other.write(block('b'), 50L * BLOCK).join();
        other.write(block('c'), 51L * BLOCK).join();

        copy();

        assertThat(contents()).isEqualTo(kernel.contents(SOURCE.toString()));
        assertThat(positionsRead()).containsExactly(10L * BLOCK, 50L * BLOCK, 51L * BLOCK);
        // The hole at the end counts too.
        assertThat(reported).containsExactly(11L * BLOCK, 51L * BLOCK, 52L * BLOCK, 100L * BLOCK);
        assertThat(CoreAccess.core().nextData(target, 0)).isEqualTo(10L * BLOCK);
        assertThat(CoreAccess.core().nextHole(target, 10L * BLOCK)).isEqualTo(11L * BLOCK);
        assertThat(CoreAccess.core().nextData(target, 52L * BLOCK)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aFileThatIsOneHoleIsCopiedWithoutARequest() throws IOException {
        other.setLength(1 << 20);

        copy();

        assertThat(contents()).hasSize(1 << 20).containsOnly(0);
        assertThat(kernel.requests()).isEmpty();
        assertThat(reported).containsExactly(1L << 20);
    }

    @Test
    void writtenZerosAreData() throws IOException {
        other.write(block(0), 0).join();
        other.setLength(10 * BLOCK);

        copy();

        assertThat(CoreAccess.core().nextData(target, 0)).isZero();
        assertThat(CoreAccess.core().nextHole(target, 0)).isEqualTo(BLOCK);
    }

    @Test
    void everythingIsDataIfTheFilesystemReportsNoHoles() throws IOException {
        other.setLength(10 * BLOCK);
        other.write(block('a'), 5L * BLOCK).join();
        kernel.fail(FakeCall.LSEEK, Errno.EINVAL, 2);

        copy();

        assertThat(contents()).isEqualTo(kernel.contents(SOURCE.toString()));
        assertThat(positionsRead()).hasSize(10);
    }

    @Test
    void aSourceThatShrinksFailsTheCopy() throws IOException {
        byte[] bytes = fill(20 * BLOCK);

        assertThatThrownBy(() -> copy(DEPTH, afterTheFirst((_, _) -> other.setLength(10 * BLOCK + 100))))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining(SOURCE + ": it became shorter than " + bytes.length + " bytes");
        assertThat(requests(Abi.IOCB_CMD_PWRITE())).isLessThanOrEqualTo(11);
    }

    @Test
    void aHoleThatIsTruncatedIsDetected() throws IOException {
        fill(BLOCK);
        other.setLength(20 * BLOCK);

        assertThatThrownBy(() -> copy(DEPTH, afterTheFirst((_, _) -> other.setLength(5 * BLOCK))))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("it became shorter");
    }

    @Test
    void onlyTheInitialLengthOfAGrowingSourceIsCopied() throws IOException {
        byte[] bytes = fill(3 * BLOCK + 100);

        copy(2, afterTheFirst((_, _) -> {
            other.write(block('x'), 4L * BLOCK).join();
            other.write(block('x').asSlice(0, 512), 3L * BLOCK + 512).join();
        }));

        assertThat(contents()).isEqualTo(bytes);
        assertThat(source.size()).isEqualTo(5 * BLOCK);
    }

    @Test
    void aFailedBlockFailsTheCopy() throws IOException {
        fill(20 * BLOCK);
        kernel.script(FakeOutcome.NORMAL, FakeOutcome.NORMAL, FakeOutcome.error(Errno.EIO));

        assertThatThrownBy(this::copy)
                .isInstanceOfSatisfying(
                        AioException.class, e -> assertThat(e.errnoName()).isEqualTo("EIO"));
        assertThat(kernel.requests()).hasSizeLessThan(2 * DEPTH + 4);
    }

    @Test
    void aShortTransferIsContinued() throws IOException {
        byte[] bytes = fill(10 * BLOCK + 1);
        kernel.script(
                FakeOutcome.shortBy(512), FakeOutcome.NORMAL, FakeOutcome.shortBy(1024), FakeOutcome.shortBy(512));

        copy();

        assertThat(contents()).isEqualTo(bytes);
    }

    @Test
    void nothingIsReadWithoutSpace() throws IOException {
        fill(20 * BLOCK);
        kernel.fail(FakeCall.FALLOCATE, Errno.ENOSPC, 1);
        int before = kernel.requests().size();

        assertThatThrownBy(this::copy).isInstanceOf(AioException.class).hasMessageContaining("ENOSPC");
        assertThat(kernel.requests()).hasSize(before);
    }

    @Test
    void reservationIsTriedOnceIfUnsupported() throws IOException {
        other.setLength(100L * BLOCK);
        other.write(block('a'), 10L * BLOCK).join();
        other.write(block('b'), 50L * BLOCK).join();
        kernel.fail(FakeCall.FALLOCATE, Errno.EOPNOTSUPP, 1);

        copy();

        assertThat(contents()).isEqualTo(kernel.contents(SOURCE.toString()));
        assertThat(kernel.calls().stream().filter(call -> call == FakeCall.FALLOCATE))
                .hasSize(1);
    }

    @Test
    void anExceptionOfTheProgressListenerFailsTheCopy() throws IOException {
        fill(50 * BLOCK);
        IOException thrown = new IOException("enough");

        assertThatThrownBy(() -> copy(DEPTH, afterTheFirst((_, _) -> {
                    throw thrown;
                })))
                .isSameAs(thrown);
        assertThat(reported).hasSize(1);
    }

    @Test
    void nothingIsStartedForACancelledCopy() throws IOException {
        fill(100 * BLOCK);

        assertThatThrownBy(() -> copy(DEPTH, afterTheFirst((_, _) -> stopped.set(true))))
                .isInstanceOf(CancellationException.class);
        assertThat(reported).hasSize(1);
        assertThat(requests(Abi.IOCB_CMD_PREAD())).isLessThanOrEqualTo(DEPTH + 1);
        assertThat(requests(Abi.IOCB_CMD_PWRITE())).isLessThanOrEqualTo(DEPTH + 2);
    }

    @Test
    void operationsInFlightAreAwaited() throws Exception {
        fill(100 * BLOCK);
        kernel.hold();
        CompletableFuture<Void> copying = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                copy();
                copying.complete(null);
            } catch (IOException | RuntimeException e) {
                copying.completeExceptionally(e);
            }
        });
        kernel.awaitHeld(DEPTH / 2);
        stopped.set(true);
        kernel.release(0);
        // The other half of what was begun is still in flight.
        assertThat(thread.join(Duration.ofMillis(50))).isFalse();
        assertThat(kernel.held()).isNotEmpty();
        kernel.releaseAll();
        thread.join();

        assertThatThrownBy(copying::join).isInstanceOf(CancellationException.class);
        assertThat(kernel.requests().stream().filter(FakeRequest::isRead).count())
                .isLessThanOrEqualTo(DEPTH);
    }

    @Test
    void aClosedContextFailsTheCopy() throws IOException {
        fill(100 * BLOCK);

        assertThatThrownBy(() -> copy(DEPTH, afterTheFirst((_, _) -> aio.close())))
                .isInstanceOf(ClosedChannelException.class)
                .hasMessageContaining("context is closed");
    }
}
