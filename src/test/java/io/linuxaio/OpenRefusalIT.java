package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths that cannot be opened: the message names the reason and the remedy, and no trace is left. */
@OnRealKernel
// In threads of their own, since a call that hangs in the kernel is not ended by the interrupt of a timeout.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OpenRefusalIT extends WithContext {
    private static final List<List<OpenOption>> ACCESSES = List.of(
            List.of(READ),
            List.of(READ, WRITE),
            List.of(WRITE, CREATE),
            List.of(READ, AioOpenOption.BUFFERED),
            List.of(READ, WRITE, AioOpenOption.BUFFERED),
            List.of(WRITE, TRUNCATE_EXISTING, AioOpenOption.BUFFERED),
            List.of(READ, AioOpenOption.DIRECT_IF_SUPPORTED));

    private void refusedHoweverOpened(Path path, String... words) {
        for (List<OpenOption> access : ACCESSES) {
            assertThatThrownBy(() -> aio.open(path, access.toArray(OpenOption[]::new)))
                    .as("%s", access)
                    .isInstanceOf(AioException.class)
                    .hasMessageContaining(path.toString())
                    .hasMessageContainingAll(words)
                    .satisfies(e -> assertThat(((AioException) e).operation()).isEqualTo("open"))
                    .satisfies(e -> assertThat(((AioException) e).getFile()).isEqualTo(path.toString()));
        }
    }

    @Test
    void refusesADirectory() {
        refusedHoweverOpened(directory, "directory", "regular files and block devices", "EISDIR");
    }

    @Test
    void refusesAFifoWithoutItsOtherEnd() throws IOException {
        refusedHoweverOpened(fifo(), "FIFO", "regular files and block devices");
    }

    @Test
    void refusesAFifoWithAReaderAndAWriter() throws IOException {
        Path fifo = fifo();
        // Opened for reading and writing, as Linux permits, it does not wait.
        try (RandomAccessFile _ = new RandomAccessFile(fifo.toFile(), "rw")) {
            refusedHoweverOpened(fifo, "FIFO", "regular files and block devices");
        }
    }

    private Path fifo() throws IOException {
        Path fifo = directory.resolve("fifo");
        Command.succeed("mkfifo", fifo.toString());
        return fifo;
    }

    @Test
    void refusesASocket() throws IOException {
        // The kernel knows no longer names than 107 bytes; so a relative one.
        Path socket = Path.of("").toAbsolutePath().relativize(directory.resolve("socket"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            refusedHoweverOpened(socket, "socket", "regular files and block devices");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/null", "/dev/zero"})
    void refusesACharacterDevice(String device) {
        refusedHoweverOpened(Path.of(device), "character device", "regular files and block devices");
    }

    @Test
    void refusesAMissingFile() {
        Path path = directory.resolve("missing");

        assertThatThrownBy(() -> aio.open(path))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(path.toString());
        assertThatThrownBy(() -> AioFile.open(path, READ, WRITE)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> aio.open(path.resolve("below"), WRITE, CREATE))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(path).doesNotExist();
    }

    @Test
    void refusesCreateNewOfAnExistingFile() throws IOException {
        Path path = Files.writeString(directory.resolve("file"), "contents");

        assertThatThrownBy(() -> aio.open(path, WRITE, CREATE_NEW))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessage(path.toString());
        assertThat(path).hasContent("contents");
    }

    @Test
    void refusesAPathBelowAFile() throws IOException {
        Path path = Files.createFile(directory.resolve("file")).resolve("below");

        assertThatThrownBy(() -> aio.open(path, WRITE, CREATE))
                .isInstanceOf(AioException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("ENOTDIR");
    }

    @Test
    void refusesALoopOfLinks() throws IOException {
        Path one = directory.resolve("one");
        Path other = Files.createSymbolicLink(directory.resolve("other"), one);
        Files.createSymbolicLink(one, other);

        assertThatThrownBy(() -> aio.open(one))
                .isInstanceOf(FileSystemLoopException.class)
                .hasMessageContaining(one.toString());
    }

    @Test
    void refusesANameThatIsTooLong() {
        Path path = directory.resolve("x".repeat(256));

        assertThatThrownBy(() -> aio.open(path, WRITE, CREATE))
                .isInstanceOf(AioException.class)
                .hasMessageContaining("ENAMETOOLONG");
    }

    @Test
    void opensANameThatIsNotAscii() throws IOException {
        Path path = directory.resolve("Änderung-変更");
        try (AioFile _ = aio.open(path, WRITE, CREATE)) {
            assertThat(path).exists();
        }
    }

    @Test
    void refusesAPathOfAnotherFileSystemProvider() throws IOException {
        Path zip = directory.resolve("archive.zip");
        try (FileSystem inZip = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Path path = Files.writeString(inZip.getPath("/file"), "contents");

            assertThatThrownBy(() -> aio.open(path))
                    .isInstanceOf(ProviderMismatchException.class)
                    .hasMessageContaining("jar")
                    .hasMessageContaining("/file")
                    .hasMessageContaining("Path.of(path.toString())");
        }
    }

    @Test
    void aFileOfProcHasNoDirectIo() throws IOException {
        Path path = Path.of("/proc/version");

        assertThatThrownBy(() -> aio.open(path))
                .isInstanceOf(AioException.class)
                .hasMessageContaining("/proc/version")
                .hasMessageContaining("O_DIRECT")
                .hasMessageContaining("BUFFERED");
        try (AioArena arena = AioArena.ofShared();
                AioFile file = aio.open(path, AioOpenOption.DIRECT_IF_SUPPORTED)) {
            assertThat(file.isDirect()).isFalse();
            MemorySegment target = arena.allocate(4096);
            int count = file.read(target, 0).join();
            assertThat(new String(target.asSlice(0, count).toArray(JAVA_BYTE)))
                    .isEqualTo(String.join("\n", Files.readAllLines(path)) + "\n");
        }
    }

    @Test
    void refusesAFileWithoutPermission() throws IOException {
        Path path = Files.createFile(directory.resolve("secret"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
        ChildJvm child = ChildJvm.of(OpenForReading.class);
        if (Command.isRoot()) {
            Command.assumeInstalled("setpriv");
            // Root without the privilege to pass over permissions.
            Command.succeedOrSkip("setpriv", "--bounding-set=-all", "--inh-caps=-all", "true");
            child.by("setpriv", "--bounding-set=-all", "--inh-caps=-all");
        }

        assertThat(child.succeed(path.toString()).strip())
                .isEqualTo(AccessDeniedException.class.getName() + ": " + path);
    }

    /** Returns the reason that a file cannot be opened. */
    static final class OpenForReading {
        public static void main(String[] args) throws IOException {
            try (AioFile file = AioFile.open(Path.of(args[0]))) {
                System.out.println("opened " + file);
            } catch (IOException e) {
                System.out.println(e);
            }
        }
    }

    @Test
    void refusesToWriteAnImmutableFile() throws IOException {
        Command.assumeRoot("can make a file immutable");
        Command.assumeInstalled("chattr");
        Path path = Files.writeString(directory.resolve("immutable"), "contents");
        Command.succeedOrSkip("chattr", "+i", path.toString());
        try {
            assertThatThrownBy(() -> aio.open(path, WRITE, TRUNCATE_EXISTING))
                    .isInstanceOf(AioException.class)
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining("EPERM")
                    .hasMessageContaining("lsattr");
        } finally {
            Command.succeed("chattr", "-i", path.toString());
        }
        assertThat(path).hasContent("contents");
    }

    @Test
    void aNewFileWithoutDirectIoIsRemoved() throws IOException {
        try (Volume volume = Volume.ramfs(directory)) {
            Path path = volume.path().resolve("file");

            for (OpenOption creation : List.of(CREATE, CREATE_NEW)) {
                assertThatThrownBy(() -> aio.open(path, READ, WRITE, creation))
                        .isInstanceOf(AioException.class)
                        .hasMessageContaining(path.toString())
                        .hasMessageContaining("O_DIRECT")
                        .hasMessageContaining("DIRECT_IF_SUPPORTED or BUFFERED");
                assertThat(path).doesNotExist();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"target", "below/target", "below/../target", "further"})
    void aFileCreatedThroughADanglingLinkWithoutDirectIoIsRemoved(String target) throws IOException {
        try (Volume volume = Volume.ramfs(directory)) {
            Path below = Files.createDirectory(volume.path().resolve("below"));
            Path further = Files.createSymbolicLink(volume.path().resolve("further"), below.resolve("end"));
            Path link = Files.createSymbolicLink(volume.path().resolve("link"), Path.of(target));

            assertThatThrownBy(() -> aio.open(link, READ, WRITE, CREATE))
                    .isInstanceOf(AioException.class)
                    .hasMessageContaining(link.toString())
                    .hasMessageContaining("O_DIRECT");
            assertThat(below).isEmptyDirectory();
            assertThat(volume.path().resolve("target")).doesNotExist();
            assertThat(link).isSymbolicLink();
            assertThat(further).isSymbolicLink();

            try (AioFile file = aio.open(link, WRITE, CREATE, AioOpenOption.DIRECT_IF_SUPPORTED)) {
                assertThat(file.isDirect()).isFalse();
                assertThat(link).exists().isEmptyFile();
            }
            assertThatThrownBy(() -> aio.open(link, READ, WRITE, CREATE)).isInstanceOf(AioException.class);
            assertThat(link).as("existing link").exists();
        }
    }

    @Test
    void aDanglingLinkIsFollowedAsTheKernelDoes() throws IOException {
        Command.assumeRoot("can change the owner of a link");
        Path common = Files.createDirectory(directory.resolve("common"));
        Command.succeed("chmod", "1777", common.toString());
        Path target = directory.resolve("target");
        Path link = Files.createSymbolicLink(common.resolve("link"), target);
        Command.succeed("chown", "--no-dereference", "nobody", link.toString());

        if (Files.readString(Path.of("/proc/sys/fs/protected_symlinks")).startsWith("1")) {
            assertThatThrownBy(() -> aio.open(link, WRITE, CREATE)).isInstanceOf(AccessDeniedException.class);
            assertThat(target).doesNotExist();
        } else {
            aio.open(link, WRITE, CREATE).close();
            assertThat(target).exists();
        }
    }

    @Test
    void aLinkIntoAMissingDirectoryCreatesNoFile() throws IOException {
        Command.succeed(
                "ln", "--symbolic", "missing/", directory.resolve("link").toString());

        assertThatThrownBy(() -> aio.open(directory.resolve("link"), WRITE, CREATE))
                .isInstanceOf(IOException.class);
        assertThat(directory.resolve("missing")).doesNotExist();
    }

    @Test
    void anExistingFileWithoutDirectIoKeepsItsContents() throws IOException {
        try (Volume volume = Volume.ramfs(directory)) {
            Path path = Files.writeString(volume.path().resolve("file"), "contents");

            for (OpenOption creation : List.of(READ, CREATE)) {
                assertThatThrownBy(() -> aio.open(path, WRITE, TRUNCATE_EXISTING, creation))
                        .isInstanceOf(AioException.class)
                        .hasMessageContaining("O_DIRECT");
                assertThat(path).hasContent("contents");
            }
        }
    }

    @Test
    void bufferedOpeningWorksWithoutDirectIo() throws IOException {
        try (Volume volume = Volume.ramfs(directory);
                AioArena arena = AioArena.ofShared()) {
            for (AioOpenOption option : AioOpenOption.values()) {
                Path path = volume.path().resolve(option.name());
                try (AioFile file = aio.open(path, READ, WRITE, CREATE_NEW, option)) {
                    assertThat(file.isDirect()).isFalse();
                    assertThat(file.alignment()).isEqualTo(new AioAlignment(1, 1));
                    assertThat(file.write(arena.allocate(100), 3).join()).isEqualTo(100);
                    assertThat(file.size()).isEqualTo(103);
                }
                try (AioFile file = aio.open(path, WRITE, TRUNCATE_EXISTING, option)) {
                    assertThat(file.size()).isZero();
                }
            }
        }
    }

    @Test
    void refusesToWriteOnAReadOnlyFilesystem() throws IOException {
        try (Volume volume = Volume.ext4(directory, 8)) {
            Path path = Files.writeString(volume.path().resolve("file"), "contents");
            Command.succeed("mount", "-o", "remount,ro", volume.path().toString());

            assertThatThrownBy(() -> aio.open(path, WRITE))
                    .isInstanceOf(AioException.class)
                    .hasMessageContaining("EROFS")
                    .hasMessageContaining("mount the filesystem for writing");
        }
    }

    /** The reason of an ext4 without direct I/O. Moving the file to ext4 would not help. */
    @Test
    void inlineDataOfExt4IsNamedAsTheReasonForNoDirectIo() throws IOException {
        try (Volume volume = Volume.ext4(directory, 16, 512, "-O", "inline_data")) {
            Path path = Files.writeString(volume.path().resolve("file"), "contents");

            assertThatThrownBy(() -> aio.open(path, WRITE))
                    .isInstanceOf(AioException.class)
                    .hasMessageContaining("EINVAL")
                    .hasMessageContaining("data=journal")
                    .hasMessageContaining("inline_data")
                    .hasMessageContaining("BUFFERED")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("put it on"));
        }
    }

    @Test
    void aClosedContextOpensNoFile() {
        aio.close();

        assertThatThrownBy(() -> aio.open(directory.resolve("file"), WRITE, CREATE))
                .isInstanceOf(ClosedChannelException.class)
                .hasMessageContaining("context is closed");
        assertThat(directory).isEmptyDirectory();
    }
}
