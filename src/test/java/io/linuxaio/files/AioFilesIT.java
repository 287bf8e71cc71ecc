package io.linuxaio.files;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole files by direct I/O, with the results of {@code java.nio.file.Files}. */
@OnRealKernel
@Timeout(60)
class AioFilesIT {
    private final Random random = new Random(20261120);

    private Path directory;
    private Path file;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = TargetDirectory.root();
        file = directory.resolve("whole-" + ProcessHandle.current().pid());
        Files.deleteIfExists(file);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 511, 512, 513, 4095, 4096, 4097, 1 << 20, (1 << 20) + 777, 9 * (1 << 20) + 1})
    void writesAndReadsAnyLength(int length) throws IOException {
        byte[] contents = bytes(length);

        assertThat(AioFiles.write(file, contents).join()).isEqualTo(file);

        assertThat(file).hasBinaryContent(contents);
        assertThat(AioFiles.readAllBytes(file).join()).isEqualTo(contents);
    }

    @Test
    void eachOptionHasTheEffectItHasInFiles() throws IOException {
        Path reference = file.resolveSibling(file.getFileName() + "-reference");
        OpenOption[][] options = {
            {}, {WRITE}, {APPEND}, {CREATE, APPEND}, {CREATE, WRITE, DSYNC}, {WRITE, TRUNCATE_EXISTING}
        };
        for (int round = 0; round < 150; round++) {
            OpenOption[] chosen = options[round % options.length];
            byte[] before = bytes(random.nextInt(20_000));
            byte[] after = bytes(random.nextInt(20_000));
            Files.write(file, before);
            Files.write(reference, before);

            Files.write(reference, after, chosen);
            AioFiles.write(file, after, chosen).join();

            assertThat(Files.mismatch(file, reference))
                    .as("%d bytes over %d with %s", after.length, before.length, java.util.List.of(chosen))
                    .isEqualTo(-1);
        }
    }

    @Test
    void appendsToAFileOfAnyLength() throws IOException {
        int[] lengths = {5, 507, 1, 4096, 3, 70_000};
        for (int length : lengths) {
            AioFiles.write(file, bytes(length), CREATE, APPEND).join();
        }
        assertThat(Files.size(file)).isEqualTo(IntStream.of(lengths).sum());
    }

    @Test
    void writesAndReadsText() {
        AioFiles.writeString(file, "Grüße, Платте, 磁盘").join();
        assertThat(AioFiles.readString(file).join()).isEqualTo("Grüße, Платте, 磁盘");
    }

    @Test
    void bytesThatAreNotTextFail() throws IOException {
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(() -> AioFiles.readString(file).join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(MalformedInputException.class);
    }

    @Test
    void aHundredFilesAtOnceAreWhole() throws IOException {
        byte[] contents = bytes(100_001);
        var writes = IntStream.range(0, 100)
                .mapToObj(i -> AioFiles.write(directory.resolve("many-" + i), contents))
                .toList();
        for (var write : writes) {
            Path written = write.join();
            assertThat(written).hasBinaryContent(contents);
            Files.delete(written);
        }
    }

    @Test
    void missingDirectoriesAndFilesAreNamed() {
        Path missing = directory.resolve("no-such-directory").resolve("file");
        assertThatThrownBy(() -> AioFiles.write(missing, new byte[1]).join())
                .hasCauseInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(missing.toString());
        assertThatThrownBy(() -> AioFiles.readAllBytes(missing).join())
                .hasCauseInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(missing.toString());
    }

    @Test
    void aDirectoryIsRefused() {
        assertThatThrownBy(() -> AioFiles.write(directory, new byte[1]).join())
                .hasCauseInstanceOf(AioException.class)
                .hasMessageContaining("is a directory");
    }

    @Test
    void createNewLeavesAnExistingFileUnchanged() throws IOException {
        Files.writeString(file, "old");
        assertThatThrownBy(() -> AioFiles.write(file, new byte[9], CREATE_NEW).join())
                .hasCauseInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("old");
    }

    @Test
    void invalidOptionsAreRefusedAtOnce() {
        assertThatThrownBy(() -> AioFiles.write(file, new byte[1], READ)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioFiles.write(file, new byte[1], APPEND, TRUNCATE_EXISTING))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(file).doesNotExist();
    }

    @Test
    void theSharedContextStaysOpen() {
        AioContext shared = AioContext.shared();
        shared.close();
        assertThat(shared.isOpen()).isTrue();
        assertThat(AioContext.shared()).isSameAs(shared);
    }
}
