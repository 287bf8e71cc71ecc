package io.linuxaio.hostile;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioWriteChannel;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other writers of an open file, whose bytes a channel leaves unchanged. */
@OnRealKernel
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OtherWritersIT {
    private static final int OLD = 100_000;
    private static final byte[] RECORD = "appended by another handle, durable.".getBytes();

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final byte[] old = Bytes.random(1, OLD);
    private final byte[] more = Bytes.random(2, 300_000);
    private Path file;

    @BeforeEach
    void fill() throws IOException {
        file = directory.resolve("file");
        Files.write(file, old);
    }

    private void append() throws IOException {
        Files.write(file, RECORD, APPEND, DSYNC);
    }

    private byte[] expected(int overwritten) {
        byte[] expected = Arrays.copyOf(old, OLD + RECORD.length);
        System.arraycopy(more, 0, expected, 0, overwritten);
        System.arraycopy(RECORD, 0, expected, OLD, RECORD.length);
        return expected;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 6, 512, 4096, 5000, 8192, 98_305, 99_999, 100_000})
    void bytesAppendedByOthersBeforeCloseStay(int length) throws IOException {
        try (AioWriteChannel channel = AioFiles.newWriteChannel(file, WRITE)) {
            channel.write(ByteBuffer.wrap(more, 0, length));
            append();
        }

        assertThat(Files.readAllBytes(file)).isEqualTo(expected(length));
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 4096, 5000, 99_999})
    void bytesAppendedByOthersBeforeForceStay(int length) throws IOException {
        try (AioWriteChannel channel = AioFiles.newWriteChannel(file, WRITE, DSYNC)) {
            channel.write(ByteBuffer.wrap(more, 0, length));
            append();
            channel.force(false);

            assertThat(Files.readAllBytes(file)).isEqualTo(expected(length));
        }

        assertThat(Files.readAllBytes(file)).isEqualTo(expected(length));
    }

    @ParameterizedTest
    @ValueSource(ints = {50_000, 100_000, 1 << 20})
    void reservedSpaceInAnExistingFileOverwritesNoOtherWriter(int reserved) throws IOException {
        try (AioWriteChannel channel = AioFiles.newWriteChannel(file, WRITE)) {
            channel.allocate(reserved);
            channel.write(ByteBuffer.wrap(more, 0, 5000));
            append();
        }

        assertThat(Files.readAllBytes(file)).isEqualTo(expected(5000));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 700, 4096, 5001, 70_000})
    void bytesAfterTheLastOneBelongToOtherWriters(int length) throws IOException {
        try (AioWriteChannel channel = AioFiles.newWriteChannel(file, WRITE);
                FileChannel other = FileChannel.open(file, WRITE, DSYNC)) {
            channel.write(ByteBuffer.wrap(more, 0, length));
            channel.force(false);
            other.write(ByteBuffer.wrap(RECORD), length);
        }

        byte[] expected = Arrays.copyOf(old, OLD);
        System.arraycopy(more, 0, expected, 0, length);
        System.arraycopy(RECORD, 0, expected, length, RECORD.length);
        assertThat(Files.readAllBytes(file)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 512, 4100, 30_000})
    void bytesThatWereForcedAreNotWrittenAgain(int forced) throws IOException {
        try (AioWriteChannel channel = AioFiles.newWriteChannel(file, WRITE);
                FileChannel other = FileChannel.open(file, WRITE, DSYNC)) {
            channel.write(ByteBuffer.wrap(more, 0, forced));
            channel.force(false);
            other.write(ByteBuffer.wrap(RECORD), 10);
            channel.write(ByteBuffer.wrap(more, forced, 60_000 - forced));
        }

        byte[] expected = Arrays.copyOf(old, OLD);
        System.arraycopy(more, 0, expected, 0, 60_000);
        System.arraycopy(RECORD, 0, expected, 10, RECORD.length);
        assertThat(Files.readAllBytes(file)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5000, 131_072, 300_000})
    void appendsOfTwoChannelsAreAllKept(int length) throws IOException {
        try (AioWriteChannel channel = AioFiles.newWriteChannel(file, APPEND)) {
            channel.write(ByteBuffer.wrap(more, 0, length / 2));
            append();
            channel.force(false);
            append();
            channel.write(ByteBuffer.wrap(more, length / 2, length - length / 2));
        }

        byte[] found = Files.readAllBytes(file);
        assertThat(found).hasSize(OLD + length + 2 * RECORD.length).startsWith(old);
        int first = OLD + RECORD.length + length / 2;
        assertThat(Arrays.copyOfRange(found, OLD, OLD + RECORD.length)).isEqualTo(RECORD);
        assertThat(Arrays.copyOfRange(found, OLD + RECORD.length, first)).isEqualTo(Arrays.copyOf(more, length / 2));
        assertThat(Arrays.copyOfRange(found, first, first + RECORD.length)).isEqualTo(RECORD);
        assertThat(Arrays.copyOfRange(found, first + RECORD.length, found.length))
                .isEqualTo(Arrays.copyOfRange(more, length / 2, length));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 4096, 2_000_000})
    void aNewFileIsNotTruncatedBelowAppendsOfOthers(int reserved) throws IOException {
        Path made = directory.resolve("new");
        try (AioWriteChannel channel = AioFiles.newWriteChannel(made, CREATE_NEW, WRITE)) {
            channel.allocate(reserved);
            channel.write(ByteBuffer.wrap(more, 0, 100));
            channel.force(false);
            Files.write(made, RECORD, APPEND, DSYNC);
        }

        assertThat(Files.readAllBytes(made)).hasSize(100 + RECORD.length).endsWith(RECORD);
    }

    @Test
    void aNewFileIsNotTruncatedBelowAppendsAfterItsReservation() throws IOException {
        Path made = directory.resolve("new");
        try (AioWriteChannel channel = AioFiles.newWriteChannel(made, CREATE_NEW, WRITE)) {
            channel.allocate(1 << 20);
            Files.write(made, RECORD, APPEND, DSYNC);
            channel.write(ByteBuffer.wrap(more, 0, 100));
        }

        assertThat(Files.readAllBytes(made))
                .startsWith(Arrays.copyOf(more, 100))
                .endsWith(RECORD);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 150_000})
    void aFileTruncatedByOthersStaysTruncated(int length) throws IOException {
        OpenOption[] options = {WRITE};
        try (AioWriteChannel channel = AioFiles.newWriteChannel(file, options);
                FileChannel other = FileChannel.open(file, WRITE)) {
            channel.write(ByteBuffer.wrap(more, 0, length));
            channel.force(false);
            other.truncate(50);
        }

        assertThat(Files.readAllBytes(file)).isEqualTo(Arrays.copyOf(more, 50));
    }
}
