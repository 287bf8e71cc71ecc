package io.linuxaio.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.BlockedReaperContext;
import io.linuxaio.testing.Acl;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Atomic replacement: the file is the old or the new one after any failure, and no other file is left. */
@OnRealKernel
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AtomicReplaceIT {
    private static final OpenOption REPLACE = AioWriteOption.ATOMIC_REPLACE;
    private static final int MUCH = 12 << 20;
    private static final byte[] OLD = Bytes.random(1, 10_000);
    private static final byte[] NEW = Bytes.random(2, 20_001);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path file;

    @BeforeEach
    void writeOld() throws IOException {
        file = Files.write(directory.resolve("file"), OLD);
    }

    private static List<String> temporaries(Path where) {
        try (Stream<Path> files = Files.list(where)) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith(".linux-aio-") && name.endsWith(".tmp"))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void assertNothingChanged() {
        assertThat(file).hasBinaryContent(OLD);
        assertThat(temporaries(directory)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4096, 5000, MUCH + 7})
    void aReplacementOfAnyLengthKeepsThePermissions(int length) throws IOException {
        byte[] contents = Bytes.random(length, length);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--rw-r-x"));
        Object inode = Files.getAttribute(file, "unix:ino");

        assertThat(AioFiles.write(file, contents, REPLACE).join()).isEqualTo(file);

        assertThat(file).hasBinaryContent(contents);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("r--rw-r-x");
        assertThat(Files.getAttribute(file, "unix:ino")).isNotEqualTo(inode);
        assertThat(temporaries(directory)).isEmpty();
    }

    @Test
    void aMissingFileIsCreatedWithDefaultPermissions() throws IOException {
        Path fresh = directory.resolve("fresh");
        AioFiles.write(fresh, NEW, REPLACE).join();
        assertThat(fresh).hasBinaryContent(NEW);
        assertThat(Files.getPosixFilePermissions(fresh))
                .isEqualTo(Files.getPosixFilePermissions(Files.write(directory.resolve("usual"), NEW)));
        assertThat(temporaries(directory)).isEmpty();
    }

    @Test
    void theOwnerOfTheOldFileOwnsTheNewOne() throws IOException {
        Command.assumeRoot("can change the owner of files");
        Files.setAttribute(file, "unix:uid", 12345);
        Files.setAttribute(file, "unix:gid", 23456);
        AioFiles.write(file, NEW, REPLACE).join();
        assertThat(Files.readAttributes(file, "unix:uid,gid"))
                .containsEntry("uid", 12345)
                .containsEntry("gid", 23456);
    }

    @Test
    void aLinkStaysAndItsTargetIsReplaced() throws IOException {
        Path inner = Files.createDirectory(directory.resolve("inner"));
        Path target = Files.write(inner.resolve("target"), OLD);
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("inner", "target"));
        Path dangling = Files.createSymbolicLink(directory.resolve("dangling"), Path.of("inner", "made"));

        AioFiles.write(link, NEW, REPLACE).join();
        AioFiles.write(dangling, NEW, REPLACE).join();

        assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("inner", "target"));
        assertThat(Files.readSymbolicLink(dangling)).isEqualTo(Path.of("inner", "made"));
        assertThat(target).hasBinaryContent(NEW);
        assertThat(inner.resolve("made")).hasBinaryContent(NEW);
        assertThat(temporaries(inner)).isEmpty();
    }

    @Test
    void aLinkIsRefusedWithNofollowLinks() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        assertThatThrownBy(
                        () -> AioFiles.write(link, NEW, REPLACE, NOFOLLOW_LINKS).join())
                .hasCauseInstanceOf(AioException.class)
                .hasMessageContaining("symbolic link");
        assertThat(link).isSymbolicLink();
        assertNothingChanged();
    }

    @Test
    void hardLinksAndReadersKeepTheOldContents() throws IOException {
        Path other = Files.createLink(directory.resolve("other"), file);
        try (InputStream reader = Files.newInputStream(file)) {
            AioFiles.write(file, NEW, REPLACE).join();
            assertThat(reader.readAllBytes()).isEqualTo(OLD);
        }
        assertThat(other).hasBinaryContent(OLD);
        assertThat(file).hasBinaryContent(NEW);
    }

    @Test
    void aFileThatIsNotRegularIsRefused() throws IOException {
        Path fifo = directory.resolve("fifo");
        Command.succeed("mkfifo", fifo.toString());
        for (Path path : List.of(fifo, directory)) {
            assertThatThrownBy(() -> AioFiles.write(path, NEW, REPLACE).join())
                    .hasCauseInstanceOf(FileSystemException.class)
                    .hasMessageContaining("regular files only");
            assertThat(path).exists();
        }
        Path nowhere = directory.resolve("missing").resolve("file");
        assertThatThrownBy(() -> AioFiles.write(nowhere, NEW, REPLACE).join())
                .hasCauseInstanceOf(NoSuchFileException.class);
        assertNothingChanged();
    }

    @Test
    void contradictoryOptionsAreRefusedAtOnce() {
        for (OpenOption option : List.of(APPEND, CREATE_NEW, READ)) {
            assertThatThrownBy(() -> AioFiles.write(file, NEW, REPLACE, option))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        AioContext aio = AioContext.shared();
        assertThatThrownBy(() -> AioFiles.append(file, NEW, REPLACE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        AioFiles.using(aio).withBlockSize(4096).withDepth(1).newWriteChannel(file, REPLACE))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("whole contents");
        assertThatThrownBy(() -> aio.open(file, REPLACE)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> AioFiles.readAllBytes(file, REPLACE))
                .isInstanceOf(UnsupportedOperationException.class);
        assertNothingChanged();
    }

    @Test
    void cancellingBeforeTheRenameChangesNothing() throws IOException {
        for (boolean late : new boolean[] {true, false}) {
            try (BlockedReaperContext stuck = new BlockedReaperContext(file)) {
                CompletableFuture<Path> write = AioFiles.using(stuck.context()).write(file, NEW, REPLACE);
                Await.until(
                        "the temporary file exists",
                        () -> temporaries(directory).size() == 1);
                if (late) {
                    assertThatThrownBy(() ->
                                    write.orTimeout(1, TimeUnit.MILLISECONDS).join())
                            .isInstanceOf(CompletionException.class)
                            .hasCauseInstanceOf(TimeoutException.class);
                } else {
                    assertThat(write.cancel(true)).isTrue();
                }
                assertThat(temporaries(directory)).hasSize(1);

                stuck.release();
                Await.until(
                        "the temporary file is gone",
                        () -> temporaries(directory).isEmpty());
            }
            assertNothingChanged();
        }
    }

    @Test
    void aFileOfAnotherProcessWithTheNameOfTheNewOneIsKept() throws IOException {
        Path path = directory.resolve("new");
        var target = new AtomicReplacement.Target(path, path, false, false);
        try (AtomicReplacement replacement =
                AtomicReplacement.create(AioContext.shared(), target, Set.of(WRITE, CREATE_NEW))) {
            assertThat(replacement.file().size()).isZero();
            Files.delete(path);
            Files.write(path, OLD);
        }
        assertThat(path).hasBinaryContent(OLD);

        Files.delete(path);
        AtomicReplacement.create(AioContext.shared(), target, Set.of(WRITE, CREATE_NEW))
                .close();
        assertThat(path).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void afterARefusedRenameOnlyTheOwnFileIsDeleted(boolean foreign) throws IOException {
        Path taken = Files.createDirectory(directory.resolve("taken"));
        var target = new AtomicReplacement.Target(taken, taken, true, false);
        try (AtomicReplacement replacement =
                AtomicReplacement.create(AioContext.shared(), target, Set.of(WRITE, CREATE_NEW))) {
            assertThatThrownBy(replacement::commit).isInstanceOf(IOException.class);
            assertThat(replacement.file().isOpen()).isFalse();
            if (foreign) {
                // Both files exist at the same time: they have different inodes.
                Path temporary = directory.resolve(temporaries(directory).getFirst());
                Files.move(file, temporary, REPLACE_EXISTING);
            }
        }
        assertThat(temporaries(directory)).hasSize(foreign ? 1 : 0);
        assertThat(taken).isDirectory();
    }

    @Test
    void theTemporaryFileIsReadableOnlyByItsOwner() throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Acl.setDefault(directory, "u::rwx,u:12345:rwx,g::rwx,m::rwx,o::rwx");
        try (BlockedReaperContext stuck = new BlockedReaperContext(file)) {
            CompletableFuture<Path> write = AioFiles.using(stuck.context()).write(file, NEW, REPLACE);
            Await.until(
                    "the temporary file exists", () -> temporaries(directory).size() == 1);
            Path temporary = directory.resolve(temporaries(directory).getFirst());

            // With a list, these are the owner's permissions, the list's mask and those of all others.
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary)))
                    .isEqualTo("rw-------");

            stuck.release();
            write.join();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
        assertThat(Acl.of(file)).isEmpty();
    }

    @Test
    void memoryFreedMeanwhileFailsTheWriteAndChangesNothing() throws IOException {
        try (BlockedReaperContext stuck = new BlockedReaperContext(file)) {
            Arena arena = Arena.ofShared();
            MemorySegment memory = arena.allocate(MUCH);
            CompletableFuture<Path> write = AioFiles.using(stuck.context()).write(file, memory, REPLACE);
            Await.until(
                    "the temporary file exists", () -> temporaries(directory).size() == 1);
            // A copy that is under way at this moment holds it open.
            Await.until("the arena is closed", () -> isClosed(arena));

            stuck.release();
            assertThatThrownBy(write::join).hasCauseInstanceOf(IllegalStateException.class);
        }
        assertNothingChanged();
    }

    private static boolean isClosed(Arena arena) {
        try {
            arena.close();
            return true;
        } catch (IllegalStateException inUse) {
            return !arena.scope().isAlive();
        }
    }

    @Test
    void aFullVolumeFailsTheWriteAndChangesNothing() throws IOException {
        try (Volume volume = Volume.ext4(directory, 16)) {
            Path there = Files.write(volume.path().resolve("file"), OLD);
            assertThatThrownBy(() ->
                            AioFiles.write(there, new byte[2 * MUCH], REPLACE).join())
                    .hasCauseInstanceOf(AioException.class)
                    .hasMessageContaining("ENOSPC");
            assertThat(there).hasBinaryContent(OLD);
            assertThat(temporaries(volume.path())).isEmpty();
        }
    }

    @Test
    void concurrentReplacementsLeaveOneCompleteFile() throws IOException {
        List<CompletableFuture<Path>> writes = IntStream.range(0, 30)
                .mapToObj(i -> AioFiles.write(file, Bytes.random(i, 50_000 + i), REPLACE))
                .toList();
        writes.forEach(CompletableFuture::join);
        int last = (int) (Files.size(file) - 50_000);
        assertThat(file).hasBinaryContent(Bytes.random(last, 50_000 + last));
        assertThat(temporaries(directory)).isEmpty();
    }
}
