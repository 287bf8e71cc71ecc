package io.linuxaio.files;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.testing.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files whose writes or syncs failed, which do not look complete or durable. */
class WriteChannelFaultsTest extends FakeKernelFixture {
    private static final int LENGTH = 10_000;
    private static final int RESERVED = 1 << 20;

    private final byte[] bytes = Bytes.random(5, LENGTH);
    private AioContext aio;

    @BeforeEach
    void open() throws IOException {
        aio = open(8);
    }

    private AioWriteChannel channel(OpenOption... options) throws IOException {
        return AioWriteChannel.open(aio, PATH, BLOCK, 2, WriteOptions.of(options));
    }

    /** Makes the next request of this kind fail. */
    private void refuse(int opcode, int errno) {
        kernel.refuse(request -> request.opcode() == opcode, errno);
    }

    @Test
    void aClosedContextFailsTheChannelAsAFailedBlockDoes() throws IOException {
        AioWriteChannel channel = channel(CREATE, WRITE, TRUNCATE_EXISTING);
        channel.allocate(RESERVED);
        aio.close();

        assertThatThrownBy(() -> channel.write(ByteBuffer.wrap(bytes)))
                .isInstanceOf(ClosedChannelException.class)
                .hasMessage("the context is closed");
        assertThat(channel.isOpen()).isTrue();
        assertThatThrownBy(channel::close)
                .isNotInstanceOf(ClosedChannelException.class)
                .hasCauseInstanceOf(ClosedChannelException.class);
        assertThat(channel.isOpen()).isFalse();
        assertThat(contents())
                .as("contents after the reserved space was released")
                .isEmpty();
    }

    @Test
    void aSyncThroughAClosedContextFailsTheChannel() throws IOException {
        AioWriteChannel channel = channel(CREATE, WRITE, TRUNCATE_EXISTING);
        aio.close();

        assertThatThrownBy(() -> channel.force(true)).isInstanceOf(ClosedChannelException.class);
        assertThat(channel.isOpen()).isTrue();
        assertThatThrownBy(channel::close).hasCauseInstanceOf(ClosedChannelException.class);
    }

    private static void assertSymbol(Throwable thrown, String symbol) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        AioException.class, e -> assertThat(e.errnoName()).isEqualTo(symbol));
    }

    @ParameterizedTest
    @EnumSource(names = {"SYNC", "DSYNC"})
    void bytesWhoseFinalSyncFailsAreTruncated(StandardOpenOption sync) throws IOException {
        AioWriteChannel channel = channel(CREATE, WRITE, TRUNCATE_EXISTING, sync);
        channel.allocate(RESERVED);
        channel.write(ByteBuffer.wrap(bytes));
        refuse(sync == SYNC ? Abi.IOCB_CMD_FSYNC() : Abi.IOCB_CMD_FDSYNC(), Errno.EIO);

        assertSymbol(catchThrowable(channel::close), "EIO");
        assertThat(contents()).isEmpty();
    }

    @Test
    void bytesMadeDurableBeforeAFailedSyncStay() throws IOException {
        AioWriteChannel channel = channel();
        channel.allocate(RESERVED);
        channel.write(ByteBuffer.wrap(bytes, 0, 5000));
        channel.force(false);
        channel.write(ByteBuffer.wrap(bytes, 5000, 5000));
        refuse(Abi.IOCB_CMD_FSYNC(), Errno.EIO);

        assertSymbol(catchThrowable(() -> channel.force(true)), "EIO");
        assertThatThrownBy(() -> channel.write(ByteBuffer.wrap(bytes)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("EIO");
        // The kernel reports a failed sync once: another one would succeed.
        assertThatThrownBy(() -> channel.force(true)).isInstanceOf(IOException.class);
        assertThatThrownBy(channel::close).isInstanceOf(IOException.class).hasMessageContaining("EIO");
        assertThat(contents()).isEqualTo(Arrays.copyOf(bytes, 5000));
    }

    @Test
    void anAppendWhoseSyncFailsIsReportedAndTruncatesNothing() throws IOException {
        byte[] before = Bytes.random(6, 1000);
        kernel.put(PATH.toString(), before);
        AioWriteChannel channel = channel(APPEND, DSYNC);
        channel.write(ByteBuffer.wrap(bytes));
        refuse(Abi.IOCB_CMD_FDSYNC(), Errno.EIO);

        assertSymbol(catchThrowable(channel::close), "EIO");
        byte[] expected = Arrays.copyOf(before, 1000 + LENGTH);
        System.arraycopy(bytes, 0, expected, 1000, LENGTH);
        assertThat(contents()).isEqualTo(expected);
    }

    @Test
    void aFailedTruncationIsSuppressedInTheFirstError() throws IOException {
        AioWriteChannel channel = channel();
        channel.allocate(RESERVED);
        channel.write(ByteBuffer.wrap(bytes, 0, 100));
        kernel.script(FakeOutcome.error(Errno.ENOSPC));
        kernel.fail(FakeCall.FTRUNCATE, Errno.EROFS, 2);

        Throwable thrown = catchThrowable(channel::close);
        assertSymbol(thrown, "ENOSPC");
        assertThat(thrown.getSuppressed()).hasSize(1);
        assertSymbol(thrown.getSuppressed()[0], "EROFS");
    }

    @Test
    void aFailedSetLengthIsRetriedOnce() throws IOException {
        AioWriteChannel channel = channel();
        channel.allocate(RESERVED);
        channel.write(ByteBuffer.wrap(bytes));
        kernel.fail(FakeCall.FTRUNCATE, Errno.EIO, 1);

        assertSymbol(catchThrowable(channel::close), "EIO");
        assertThat(contents()).isEqualTo(bytes);
    }

    @Test
    void anOverwriteWhoseLastBytesFailTruncatesNothing() throws IOException {
        kernel.put(PATH.toString(), Bytes.random(6, LENGTH));
        AioWriteChannel channel = channel(WRITE);
        channel.allocate(RESERVED);
        channel.write(ByteBuffer.wrap(bytes, 0, BLOCK + 100));
        kernel.script(FakeOutcome.error(Errno.EIO));

        assertSymbol(catchThrowable(channel::close), "EIO");
        byte[] expected = Bytes.random(6, LENGTH);
        System.arraycopy(bytes, 0, expected, 0, BLOCK);
        assertThat(contents()).isEqualTo(expected);
    }

    @Test
    void aPermanentlyShortBlockEndsTheFileThere() throws IOException {
        AioWriteChannel channel = channel();
        channel.allocate(RESERVED);
        kernel.script(FakeOutcome.NORMAL, FakeOutcome.shortBy(512), FakeOutcome.error(Errno.ENOSPC));
        channel.write(ByteBuffer.wrap(bytes, 0, 2 * BLOCK));

        assertSymbol(catchThrowable(channel::close), "ENOSPC");
        assertThat(contents()).isEqualTo(Arrays.copyOf(bytes, BLOCK + 512));
    }

    @Test
    void anErrorIsThrownByTheNextWriteAndByClose() throws IOException {
        AioWriteChannel channel = channel();
        kernel.script(FakeOutcome.NORMAL, FakeOutcome.error(Errno.EIO));
        ByteBuffer source = ByteBuffer.wrap(Bytes.random(5, 4 * BLOCK));

        assertSymbol(catchThrowable(() -> channel.write(source)), "EIO");
        assertThatThrownBy(() -> channel.write(source))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("EIO");
        assertThatThrownBy(() -> channel.force(true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("EIO");
        assertThatThrownBy(channel::close).isInstanceOf(IOException.class).hasMessageContaining("EIO");
        channel.close();
        assertThat(contents()).isEqualTo(Arrays.copyOf(source.array(), BLOCK));
    }

    @Test
    void aContextClosedBeforeTheSyncIsAnIOException() throws IOException {
        AioWriteChannel channel = channel(CREATE, WRITE, TRUNCATE_EXISTING, SYNC);
        aio.close();

        assertThatThrownBy(channel::close).isInstanceOf(IOException.class).hasMessageContaining("context is closed");
    }

    @Test
    void eachCallAfterAFailureReportsIt() throws IOException {
        AioWriteChannel channel = channel();
        channel.write(ByteBuffer.wrap(bytes, 0, 1024));
        kernel.script(FakeOutcome.error(Errno.EIO));
        assertSymbol(catchThrowable(channel::flush), "EIO");

        assertThat(catchThrowable(() -> channel.write(ByteBuffer.allocate(0)))).hasMessageContaining("EIO");
        assertThat(catchThrowable(() -> channel.allocate(RESERVED))).hasMessageContaining("EIO");
        assertThat(catchThrowable(() -> channel.reserveIfPossible(RESERVED))).hasMessageContaining("EIO");
        assertThat(catchThrowable(channel::flush)).hasMessageContaining("EIO");
        assertThat(kernel.count(FakeCall.FALLOCATE)).isZero();
        assertThat(catchThrowable(channel::close)).hasMessageContaining("EIO");
    }

    @Test
    void aBlockWrittenInPartAfterAFailedOneIsCutOff() throws IOException {
        AioWriteChannel channel = channel();
        kernel.script(FakeOutcome.error(Errno.EIO), FakeOutcome.shortBy(512), FakeOutcome.error(Errno.ENOSPC));

        assertSymbol(catchThrowable(() -> channel.write(ByteBuffer.wrap(bytes, 0, 2 * BLOCK + 1))), "EIO");
        assertThat(catchThrowable(channel::close)).hasMessageContaining("EIO");

        assertThat(contents()).isEmpty();
    }

    @Test
    void blocksThatWereNotWrittenDoNotCountAsTheEndOfTheFile() throws IOException {
        AioWriteChannel channel = AioWriteChannel.open(aio, PATH, BLOCK, 3, WriteOptions.of());
        channel.allocate(BLOCK + 1000);
        assertThat(contents()).hasSize(BLOCK + 512);
        kernel.script(FakeOutcome.NORMAL, FakeOutcome.error(Errno.EIO), FakeOutcome.error(Errno.EIO));
        channel.write(ByteBuffer.wrap(Arrays.copyOf(bytes, 3 * BLOCK + 1)));

        assertSymbol(catchThrowable(channel::close), "EIO");

        assertThat(contents()).isEqualTo(Arrays.copyOf(bytes, BLOCK));
    }

    @Test
    void aFileWhoseDirectIoCannotBeTurnedOnAgainFailsTheChannel() throws IOException {
        AioWriteChannel channel = channel();
        channel.write(ByteBuffer.wrap(bytes, 0, 100));
        // The first two calls turn it off.
        kernel.fail(FakeCall.FCNTL, 0, 2);
        kernel.fail(FakeCall.FCNTL, Errno.EIO, 1);

        assertSymbol(catchThrowable(channel::flush), "EIO");

        assertThat(catchThrowable(() -> channel.write(ByteBuffer.wrap(bytes)))).hasMessageContaining("EIO");
        assertThat(catchThrowable(channel::close)).hasMessageContaining("EIO");
        assertThat(contents()).isEqualTo(Arrays.copyOf(bytes, 100));
    }

    @Test
    void aFileWhoseChannelCannotBeMadeIsClosed() throws IOException {
        kernel.put(PATH.toString(), bytes);
        AioFile overwritten = aio.open(PATH, WRITE);
        kernel.fail(FakeCall.STATX, Errno.EIO, 1);
        assertSymbol(
                catchThrowable(() -> AioWriteChannel.over(aio, overwritten, BLOCK, 2, WriteOptions.of(WRITE))), "EIO");
        assertThat(overwritten.isOpen()).isFalse();

        AioFile appended = aio.open(PATH, APPEND);
        kernel.fail(FakeCall.FCNTL, Errno.EIO, 1);
        assertSymbol(
                catchThrowable(() -> AioWriteChannel.over(aio, appended, BLOCK, 2, WriteOptions.of(APPEND))), "EIO");
        assertThat(appended.isOpen()).isFalse();
    }
}
