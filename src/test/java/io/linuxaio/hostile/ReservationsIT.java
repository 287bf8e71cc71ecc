package io.linuxaio.hostile;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioWriteChannel;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reservations of space: exactly as much as fits can be written, and a refused reservation fails nothing that fits. */
@OnRealKernel
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ReservationsIT {
    private static final int MEGABYTE = 1 << 20;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    /** Writes, appends and copies files of a length in a directory. */
    static final class FillAndCopy {
        public static void main(String[] args) throws IOException {
            Path directory = Path.of(args[0]);
            int length = Integer.parseInt(args[1]);
            boolean copies = Boolean.parseBoolean(args[2]);
            byte[] bytes = Bytes.random(length, length);
            Path file = directory.resolve("file");
            AioFiles.write(file, bytes).join();
            check(file, bytes);
            AioFiles.write(file, bytes, WRITE).join();
            check(file, bytes);
            Files.delete(file);
            AioFiles.append(file, bytes).join();
            check(file, bytes);
            Files.delete(file);
            try (AioWriteChannel channel = AioFiles.newWriteChannel(file, CREATE_NEW, WRITE)) {
                try {
                    channel.allocate(length);
                } catch (IOException refused) {
                    System.out.println(refused.getMessage());
                }
                channel.write(ByteBuffer.wrap(bytes));
            }
            check(file, bytes);
            if (copies) {
                AioFiles.copy(file, directory.resolve("copy")).join();
                check(directory.resolve("copy"), bytes);
            }
        }

        private static void check(Path file, byte[] bytes) throws IOException {
            if (!Arrays.equals(Files.readAllBytes(file), bytes)) {
                throw new AssertionError(file + " differs: " + Files.size(file) + " bytes");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 4096, 3 * MEGABYTE, 3 * MEGABYTE + 512, 3 * MEGABYTE - 1})
    void filesUpToTheFileSizeLimitAreWritten(int length) throws IOException {
        Command.assumeInstalled("prlimit");
        ChildJvm.of(FillAndCopy.class)
                .by("prlimit", "--fsize=" + length)
                .succeed(directory.toString(), "" + length, "true");
    }

    @ParameterizedTest
    @ValueSource(ints = {2 * MEGABYTE, 2 * MEGABYTE - 1, 2 * MEGABYTE - 4096})
    void filesThatFillTheirVolumeAreWritten(int length) throws IOException {
        try (Volume volume = Volume.tmpfs(directory, 2)) {
            ChildJvm.of(FillAndCopy.class).succeed(volume.path().toString(), "" + length, "false");
        }
    }

    @Test
    void aVolumeThatIsTooSmallIsReportedBeforeAnythingIsWritten() throws IOException {
        try (Volume volume = Volume.tmpfs(directory, 2)) {
            Path file = volume.path().resolve("file");
            byte[] bytes = new byte[2 * MEGABYTE + 1];
            assertThatThrownBy(() -> AioFiles.write(file, bytes).join())
                    .cause()
                    .isInstanceOfSatisfying(AioException.class, e -> {
                        assertThat(e.errnoName()).isEqualTo("ENOSPC");
                        assertThat(e.operation()).isEqualTo("allocate");
                    });
            assertThat(file).isEmptyFile();
            assertThat(Files.getFileStore(file).getUsableSpace()).isEqualTo(2L * MEGABYTE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENOSYS", "EPERM", "EINVAL", "EFBIG", "EIO", "EACCES", "EOPNOTSUPP", "ENODEV"})
    void noErrorOfFallocateFailsAWriteThatFits(String errno) throws IOException {
        Command.assumeTracing();
        ChildJvm.of(FillAndCopy.class)
                .by("strace", "-f", "-q", "-o", "/dev/null", "-e", "inject=fallocate:error=" + errno)
                .succeed(directory.toString(), "" + (3 * MEGABYTE + 100), "true");
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 4095, Long.MAX_VALUE - 4096, 1L << 62})
    void lengthsBeyondTheLargestFileAreRefusedAsByTheKernel(long length) throws IOException {
        Path file = directory.resolve("file");
        try (AioContext aio = AioContext.open();
                AioFile open = aio.open(file, CREATE_NEW, WRITE)) {
            for (long position : List.of(0L, 4096L, length)) {
                assertThatThrownBy(() -> open.allocate(position, length)).isInstanceOf(IOException.class);
            }
            assertThatThrownBy(() -> open.setLength(length)).isInstanceOf(IOException.class);
        }
        for (var options : List.of(List.of(WRITE), List.of(WRITE, TRUNCATE_EXISTING))) {
            try (AioWriteChannel channel = AioFiles.newWriteChannel(file, options.toArray(OpenOption[]::new))) {
                assertThatThrownBy(() -> channel.allocate(length)).isInstanceOf(IOException.class);
                channel.write(ByteBuffer.wrap(new byte[1000]));
                assertThatThrownBy(() -> channel.allocate(length)).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> channel.allocate(-1)).isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(file).hasSize(1000);
        }
    }
}
