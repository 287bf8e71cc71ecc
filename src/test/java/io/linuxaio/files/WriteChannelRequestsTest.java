package io.linuxaio.files;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.engine.PinnedMemory;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests of a write channel: their positions and lengths, their memory, and how many are in flight. */
class WriteChannelRequestsTest extends FakeKernelFixture {
    private static final int BEFORE = 10_000;

    private final byte[] bytes = Bytes.random(41, 5 * BLOCK);
    private AioContext aio;

    @BeforeEach
    void open() throws IOException {
        aio = open(8);
    }

    /** An action of a thread on a channel. */
    private interface Use {
        void run() throws IOException;
    }

    /** Starts a thread, and waits until it waits for the kernel, which holds so many operations back. */
    private Thread waiting(int held, Use use) throws InterruptedException {
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                use.run();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        kernel.awaitHeld(held);
        Await.parked(thread);
        assertThat(kernel.held()).hasSize(held);
        return thread;
    }

    private AioWriteChannel channel(int depth, OpenOption... options) throws IOException {
        return AioWriteChannel.open(aio, PATH, BLOCK, depth, WriteOptions.of(options));
    }

    private void putOld() {
        kernel.put(PATH.toString(), new byte[BEFORE]);
    }

    private List<String> requests() {
        return kernel.requests().stream()
                .map(request -> request.position() + "+" + request.length())
                .toList();
    }

    private List<Long> addresses() {
        return kernel.requests().stream().map(FakeRequest::buffer).toList();
    }

    private static void assertErrno(Throwable thrown, int errno) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        AioException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    @Test
    void aNewFileIsWrittenInUnitsOfDirectIo() throws IOException {
        try (AioWriteChannel channel = channel(2)) {
            channel.write(ByteBuffer.wrap(bytes, 0, 1636));
        }
        assertThat(requests()).containsExactly("0+1536", "1536+100");
    }

    @Test
    void aFileThatHadContentsIsWrittenDirectlyInWholePages() throws IOException {
        putOld();
        try (AioWriteChannel channel = channel(2, WRITE)) {
            channel.write(ByteBuffer.wrap(bytes, 0, 1636));
        }
        assertThat(requests()).containsExactly("0+1636");
    }

    /** Direct I/O that ends inside a page would share it with a buffered write of another handle. */
    @ParameterizedTest
    @ValueSource(ints = {512, 1024, 6144})
    void fullBlocksOfAFileThatHadContentsAreWholePages(int blockSize) throws IOException {
        kernel.put(PATH.toString(), new byte[40_000]);
        byte[] written = Bytes.random(42, 30_000);
        try (AioWriteChannel channel = AioWriteChannel.open(aio, PATH, blockSize, 2, WriteOptions.of(WRITE))) {
            channel.write(ByteBuffer.wrap(written));
        }

        List<FakeRequest> direct = kernel.requests().stream()
                .filter(request -> request.position() + request.length() != written.length)
                .toList();
        assertThat(direct).isNotEmpty().allSatisfy(request -> {
            assertThat(request.position() % 4096).isZero();
            assertThat(request.length() % 4096).isZero();
        });
        assertThat(Arrays.copyOf(contents(), written.length)).isEqualTo(written);
    }

    @Test
    void anEmptyFileIsWrittenAsANewOne() throws IOException {
        kernel.put(PATH.toString(), new byte[0]);
        try (AioWriteChannel channel = channel(2, WRITE)) {
            channel.write(ByteBuffer.wrap(bytes, 0, 1636));
        }
        assertThat(requests()).containsExactly("0+1536", "1536+100");
    }

    @Test
    void bytesThatAFlushHasWrittenAreNotWrittenAgain() throws IOException {
        try (AioWriteChannel channel = channel(2)) {
            channel.write(ByteBuffer.wrap(bytes, 0, 1000));
            channel.flush();
            channel.write(ByteBuffer.wrap(bytes, 1000, BLOCK));
        }
        assertThat(requests()).containsExactly("0+512", "512+488", "1000+24", "1024+3072", "4096+512", "4608+488");
        assertThat(contents()).isEqualTo(Arrays.copyOf(bytes, 1000 + BLOCK));
    }

    @Test
    void theLastBlockIsNotSubmittedBeforeAllOthersAreWritten() throws Exception {
        AioWriteChannel channel = channel(2);
        kernel.hold();
        channel.write(ByteBuffer.wrap(bytes, 0, BLOCK + 1024));
        Thread flushing = waiting(1, channel::flush);
        kernel.releaseAll();
        flushing.join();

        assertThat(requests()).containsExactly("0+4096", "4096+1024");
        channel.close();
    }

    @Test
    void aFlushReportsBytesThatFailAlone() throws IOException {
        AioWriteChannel channel = channel(2);
        channel.write(ByteBuffer.wrap(bytes, 0, 1024));
        kernel.script(FakeOutcome.error(Errno.EIO));

        assertErrno(catchThrowable(channel::flush), Errno.EIO);

        assertThat(catchThrowable(channel::close)).hasMessageContaining("EIO");
        assertThat(contents()).isEmpty();
    }

    @Test
    void bytesAfterAFailureInTheSameBlockAreNotWritten() throws IOException {
        AioWriteChannel channel = channel(2);
        channel.write(ByteBuffer.wrap(bytes, 0, 1100));
        kernel.script(FakeOutcome.error(Errno.EIO));

        assertErrno(catchThrowable(channel::flush), Errno.EIO);

        assertThat(requests()).containsExactly("0+1024");
        assertThat(catchThrowable(channel::close)).hasMessageContaining("EIO");
    }

    @Test
    void aBlockWhoseFirstBytesFailIsNotWrittenFurther() throws IOException {
        AioWriteChannel channel = channel(2);
        channel.write(ByteBuffer.wrap(bytes, 0, 100));
        channel.flush();
        kernel.script(FakeOutcome.error(Errno.EIO));

        assertErrno(catchThrowable(() -> channel.write(ByteBuffer.wrap(bytes, 100, BLOCK))), Errno.EIO);

        assertThat(requests()).containsExactly("0+100", "100+412");
        assertThat(catchThrowable(channel::close)).hasMessageContaining("EIO");
        assertThat(contents()).isEqualTo(Arrays.copyOf(bytes, 100));
    }

    @Test
    void anAppendWaitsForItsBlockBeforeItFillsItAgain() throws Exception {
        putOld();
        AioWriteChannel channel = channel(1, APPEND);
        kernel.hold();
        Thread writing = waiting(1, () -> channel.write(ByteBuffer.wrap(bytes)));
        kernel.releaseAll();
        writing.join();
        channel.close();

        assertThat(Arrays.copyOfRange(contents(), BEFORE, BEFORE + bytes.length))
                .isEqualTo(bytes);
    }

    @Test
    void blocksAreAppendedOneAfterTheOther() throws Exception {
        putOld();
        AioWriteChannel channel = channel(4, APPEND);
        kernel.hold();
        Thread writing = waiting(1, () -> channel.write(ByteBuffer.wrap(bytes)));
        kernel.releaseAll();
        writing.join();
        channel.close();

        assertThat(kernel.requests()).hasSize(5);
    }

    @Test
    void alignedMemoryIsWrittenWithoutACopyExceptTheLastBlock() throws IOException {
        MemorySegment memory = Bytes.copy(arena, bytes);
        try (AioWriteChannel channel = channel(2);
                PinnedMemory pinned = PinnedMemory.of(memory)) {
            channel.write(ByteBuffer.wrap(bytes, 0, BLOCK));
            channel.write(pinned, BLOCK, 3 * BLOCK);
        }
        assertThat(requests()).containsExactly("0+4096", "4096+4096", "8192+4096", "12288+4096");
        long from = memory.address();
        assertThat(addresses().subList(1, 3)).containsExactly(from + BLOCK, from + 2 * BLOCK);
        assertThat(addresses().get(3)).isNotEqualTo(from + 3 * BLOCK);
        assertThat(contents()).isEqualTo(Arrays.copyOf(bytes, 4 * BLOCK));
    }

    @Test
    void memoryIsCopiedIfItsBlocksAreNotAligned() throws IOException {
        MemorySegment memory = Bytes.copy(arena, bytes);
        try (AioWriteChannel channel = channel(2);
                PinnedMemory pinned = PinnedMemory.of(memory)) {
            channel.write(pinned, 100, 2 * BLOCK);
            // Neither in the middle of a block.
            channel.write(pinned, 2 * BLOCK, 100);
            channel.write(pinned, 0, 2 * BLOCK);
        }
        assertThat(addresses())
                .hasSizeGreaterThan(4)
                .noneMatch(address -> address >= memory.address() && address < memory.address() + memory.byteSize());
        byte[] expected = new byte[4 * BLOCK + 100];
        System.arraycopy(bytes, 100, expected, 0, 2 * BLOCK);
        System.arraycopy(bytes, 2 * BLOCK, expected, 2 * BLOCK, 100);
        System.arraycopy(bytes, 0, expected, 2 * BLOCK + 100, 2 * BLOCK);
        assertThat(contents()).isEqualTo(expected);
    }

    @Test
    void aFailedBlockOfTheCallersMemoryEndsTheWrite() throws IOException {
        AioWriteChannel channel = channel(2);
        kernel.script(FakeOutcome.error(Errno.EIO));
        try (PinnedMemory pinned = PinnedMemory.of(Bytes.copy(arena, bytes))) {
            assertErrno(catchThrowable(() -> channel.write(pinned, 0, bytes.length)), Errno.EIO);
            assertThat(catchThrowable(() -> channel.write(pinned, 0, 0))).hasMessageContaining("EIO");
        }
        assertThat(catchThrowable(channel::close)).hasMessageContaining("EIO");
        assertThat(kernel.requests()).hasSize(2);
        assertThat(contents()).isEmpty();
    }

    @Test
    void anOpenFileIsWrittenDirectlyInWholePages() throws IOException {
        putOld();
        try (AioBufferPool pool = AioBufferPool.of(2, 4 * BLOCK)) {
            AioFile file = file(aio);
            try (AioWriteChannel channel = AioWriteChannel.over(file, 0, pool)) {
                channel.write(ByteBuffer.wrap(bytes, 0, BLOCK + 1536));
            }
            assertThat(requests()).containsExactly("0+4096", "4096+1536");
            assertThat(kernel.requests().getFirst().descriptor())
                    .isEqualTo(CoreAccess.core().descriptor(file));
            assertThat(kernel.requests().getLast().descriptor())
                    .isNotEqualTo(CoreAccess.core().descriptor(file));
        }
    }

    @Test
    void anOpenFileIsAppendedToThroughThePageCache() throws IOException {
        kernel.put(PATH.toString(), Arrays.copyOf(bytes, 100));
        try (AioBufferPool pool = AioBufferPool.of(2, 4 * BLOCK);
                AioFile file = aio.open(PATH, APPEND)) {
            try (AioWriteChannel channel = AioWriteChannel.over(file, 0, pool)) {
                assertThat(channel.position()).isEqualTo(100);
                channel.write(ByteBuffer.wrap(bytes, 100, 3 * BLOCK));
            }
            assertThat(kernel.requests())
                    .hasSize(1)
                    .noneMatch(
                            request -> request.descriptor() == CoreAccess.core().descriptor(file));
        }
        assertThat(contents()).isEqualTo(Arrays.copyOf(bytes, 100 + 3 * BLOCK));
    }
}
