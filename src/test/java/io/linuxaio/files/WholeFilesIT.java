package io.linuxaio.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioOpenOption;
import io.linuxaio.BlockedReaperContext;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole files: refused arguments, memory in use, and cancelled futures. */
@OnRealKernel
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class WholeFilesIT {
    private static final int LENGTH = 100_001;
    private static final long PAST_ARRAYS = Integer.MAX_VALUE;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final byte[] contents = Bytes.random(4, LENGTH);
    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("file");
    }

    @Test
    void textIsReadInAnyCharset() throws IOException {
        Files.writeString(file, "Grüße", ISO_8859_1);
        assertThat(AioFiles.using(AioContext.shared())
                        .readString(file, ISO_8859_1)
                        .join())
                .isEqualTo("Grüße");
        assertThatThrownBy(() -> AioFiles.readString(file).join())
                .hasCauseInstanceOf(java.nio.charset.CharacterCodingException.class);
    }

    @Test
    void aFileTooLongForAnArrayNamesTheRemedy() throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(PAST_ARRAYS);
            sparse.seek(PAST_ARRAYS - 3);
            sparse.write(new byte[] {1, 2, 3});
        }
        assertThatThrownBy(() -> AioFiles.readAllBytes(file).join())
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("too long for an array")
                .hasMessageContaining("AioFiles.read,")
                .hasMessageContaining("newReadChannel");
        assertThat(AioFiles.read(file, PAST_ARRAYS - 5, 100).join()).containsExactly(0, 0, 1, 2, 3);
    }

    @Test
    void filesThatReportNoLengthAreNotTakenAsEmpty() throws IOException {
        Path status = Path.of("/proc/self/status");
        assertThatThrownBy(() -> AioFiles.readAllBytes(status).join())
                .hasCauseInstanceOf(AioException.class)
                .hasMessageContaining("no direct I/O");
        assertThatThrownBy(() ->
                        AioFiles.readAllBytes(status, AioOpenOption.BUFFERED).join())
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("does not report its length");
        assertThatThrownBy(() ->
                        AioFiles.read(status, 0, 10, AioOpenOption.BUFFERED).join())
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("does not report its length");
        Files.createFile(file);
        assertThat(AioFiles.readAllBytes(file, AioOpenOption.BUFFERED).join()).isEmpty();
    }

    @Test
    void aPathThatIsNotAFileIsNamed() throws IOException {
        Path fifo = directory.resolve("fifo");
        Command.succeed("mkfifo", fifo.toString());
        assertThatThrownBy(
                        () -> AioFiles.read(fifo, 0, 1, AioOpenOption.BUFFERED).join())
                .hasCauseInstanceOf(AioException.class)
                .hasMessageContaining("FIFO");
        assertThatThrownBy(() -> AioFiles.read(directory, 0, 1).join())
                .hasCauseInstanceOf(AioException.class)
                .hasMessageContaining("is a directory");
        Path device = Path.of("/dev/null");
        assertThatThrownBy(() ->
                        AioFiles.read(device, 0, 1, AioOpenOption.BUFFERED).join())
                .hasCauseInstanceOf(AioException.class)
                .hasMessageContaining("character device");
    }

    @Test
    void invalidArgumentsAreRefusedAtOnce() {
        MemorySegment one = MemorySegment.ofArray(new byte[1]);
        AioContext aio = AioContext.shared();
        assertThatThrownBy(() -> AioFiles.read(file, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioFiles.read(file, 0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioFiles.read(file, 0, 1, WRITE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioFiles.readAllBytes(file, APPEND)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioFiles.using(aio).read(file, 0, one.asReadOnly()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("read-only");
    }

    @Test
    void confinedAndClosedMemoryIsRefusedAtOnce() {
        AioContext aio = AioContext.shared();
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment memory = confined.allocate(8);
            assertThatThrownBy(() -> AioFiles.using(AioContext.shared()).write(file, memory))
                    .isInstanceOf(WrongThreadException.class);
            assertThatThrownBy(() -> AioFiles.write(file, memory.asByteBuffer()))
                    .isInstanceOf(WrongThreadException.class);
            assertThatThrownBy(() -> AioFiles.using(aio).read(file, 0, memory))
                    .isInstanceOf(WrongThreadException.class);
        }
        for (boolean own : new boolean[] {true, false}) {
            Arena arena = own ? AioArena.ofShared() : Arena.ofShared();
            MemorySegment memory = arena.allocate(8);
            arena.close();
            assertThatThrownBy(() -> AioFiles.using(AioContext.shared()).write(file, memory))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> AioFiles.using(aio).read(file, 0, memory))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void anArenaStaysOpenUntilTheFileIsComplete() throws IOException {
        try (BlockedReaperContext stuck = new BlockedReaperContext(Files.write(directory.resolve("other"), contents));
                AioArena arena = AioArena.ofShared()) {
            MemorySegment memory = Bytes.copy(arena, contents);

            CompletableFuture<Path> write = AioFiles.using(stuck.context()).write(file, memory);
            write.cancel(false);
            assertThatThrownBy(arena::close).isInstanceOf(IllegalStateException.class);

            stuck.release();
            Await.until("the arena is free", () -> arena.inFlight() == 0);
            assertThat(file).hasBinaryContent(contents);
        }
    }

    @Test
    void cancellingReleasesTheThreadAndTheFileIsWrittenToItsEnd() throws IOException {
        try (BlockedReaperContext stuck = new BlockedReaperContext(Files.write(directory.resolve("other"), contents))) {
            CompletableFuture<Path> cancelled = AioFiles.using(stuck.context()).write(file, contents);
            CompletableFuture<Path> late = AioFiles.using(stuck.context())
                    .write(directory.resolve("late"), contents)
                    .orTimeout(1, TimeUnit.MILLISECONDS);

            assertThat(cancelled.cancel(true)).isTrue();
            assertThatThrownBy(late::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(TimeoutException.class);

            stuck.release();
            for (String name : new String[] {"file", "late"}) {
                Await.until(name + " is complete", () -> holds(directory.resolve(name)));
            }
        }
    }

    private boolean holds(Path path) {
        try {
            return Files.exists(path) && Arrays.equals(Files.readAllBytes(path), contents);
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void anAppendIsAddedOnceAndMayCreateTheFile() throws IOException {
        AioContext aio = AioContext.shared();
        AioFiles.append(file, contents, CREATE_NEW).join();
        AioFiles.using(aio).append(file, MemorySegment.ofArray(contents)).join();
        assertThat(Files.size(file)).isEqualTo(2 * LENGTH);
        assertThat(AioFiles.read(file, LENGTH, LENGTH).join()).isEqualTo(contents);
        assertThatThrownBy(() -> AioFiles.append(file, contents, CREATE_NEW).join())
                .hasCauseInstanceOf(java.nio.file.FileAlreadyExistsException.class);
    }
}
