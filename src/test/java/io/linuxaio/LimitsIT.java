package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The limits of the host, the process and the disk, and the remedies that the exceptions name. */
@OnRealKernel
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class LimitsIT {
    private static final int BLOCK = 4096;
    private static final int MEGABYTE = 1 << 20;

    /** The share of the host's {@code aio-max-nr} that a test uses: small enough for other processes to continue. */
    private static final int TAKEN = 4000;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void theHostsLimitIsExplained() throws IOException {
        AioLimits limits = LinuxAio.limits();
        Assumptions.assumeTrue(
                limits.max() <= AioContext.Builder.MAX_QUEUE_DEPTH && limits.free() > TAKEN,
                () -> "aio-max-nr is " + limits.max() + ", of which " + limits.free() + " are free");
        // A little is taken, and then more than the rest asked for: so neighbours on the host still find some.
        int tooMany = (int) limits.max() - TAKEN + 1;

        try (AioQueue _ = AioQueue.open(TAKEN)) {
            for (AioException refusal : List.of(
                    catchThrowableOfType(AioException.class, () -> AioQueue.open(tooMany)),
                    catchThrowableOfType(
                            AioException.class,
                            () -> AioContext.builder().queueDepth(tooMany).open()))) {
                assertThat(refusal.operation()).isEqualTo("io_setup");
                assertThat(refusal.errnoName()).isEqualTo("EAGAIN");
                assertThat(refusal.getFile()).isNull();
                assertThat(refusal.hint()).isNotNull();
                assertThat(refusal).hasMessageContaining(refusal.hint());
                assertThat(refusal).hasMessageContaining("aio-max-nr is " + limits.max());
                assertThat(number(refusal, "of which (\\d+) are used")).isGreaterThanOrEqualTo(TAKEN);
                assertThat(number(refusal, "and (\\d+) more")).isBetween((long) tooMany, tooMany + 1L);
                assertThat(number(refusal, "sysctl -w fs.aio-max-nr=(\\d+)")).isGreaterThanOrEqualTo(TAKEN + tooMany);
            }
        }
        AioQueue.open(TAKEN).close();
    }

    private static long number(AioException exception, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(exception.getMessage());
        assertThat(matcher.find()).as(exception.getMessage()).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void aContextClaimsItsDepthAndOneMore() throws IOException {
        try (AioContext aio = AioContext.builder().queueDepth(TAKEN).open()) {
            assertThat(aio.queueDepth()).isEqualTo(TAKEN);
            assertThat(LinuxAio.limits().used()).isGreaterThan(TAKEN);
        }
    }

    @Test
    void theHostsLimitIsExplainedEvenIfItsFiguresCannotBeRead() throws IOException {
        Assumptions.assumeTrue(LinuxAio.limits().max() < AioContext.Builder.MAX_QUEUE_DEPTH, "aio-max-nr is too high");
        Command.assumeRoot("can mount over files of /proc");
        Command.assumeInstalled("unshare");
        Command.succeedOrSkip("unshare", "--mount", "mount", "-t", "tmpfs", "none", "/proc/sys/fs");
        String output = ChildJvm.of(OpenContext.class)
                .by("unshare", "--mount", "sh", "-c", "mount -t tmpfs none /proc/sys/fs && exec \"$@\"", "sh")
                .succeed("" + AioContext.Builder.MAX_QUEUE_DEPTH);

        assertThat(output).contains("AioException", "io_setup", "EAGAIN", "aio-max-nr");
    }

    @Test
    void aMissingSystemCallIsExplained() throws IOException {
        assertDenialIsExplained("ENOSYS");
    }

    @Test
    void aDeniedSystemCallIsExplained() throws IOException {
        assertDenialIsExplained("EPERM");
    }

    private static void assertDenialIsExplained(String errno) throws IOException {
        Command.assumeTracing();
        String output = ChildJvm.of(OpenContext.class)
                .by(
                        "strace",
                        "-f",
                        "-qq",
                        "-o",
                        "/dev/null",
                        "-e",
                        "inject=io_setup:error=" + errno,
                        "-e",
                        "trace=io_setup")
                .succeed("1");

        assertThat(output).contains("io.linuxaio.AioException", "io_setup: " + errno, "seccomp", "Docker");
    }

    /** Opens a context of the given depth, and prints the reason of a refusal. */
    static final class OpenContext {
        public static void main(String[] args) {
            System.out.println("available: " + LinuxAio.isAvailable());
            LinuxAio.unavailableReason().ifPresent(System.out::println);
            try (AioContext aio =
                    AioContext.builder().queueDepth(Integer.parseInt(args[0])).open()) {
                System.out.println("opened " + aio + " by " + LinuxAio.backend());
            } catch (Exception e) {
                System.out.println(e);
            }
        }
    }

    @Test
    void deniedNativeAccessIsExplainedOnTheClassPath() throws IOException {
        String output = ChildJvm.of(OpenContext.class)
                .withoutNativeAccess()
                .option("--illegal-native-access=deny")
                .succeed("1");

        assertThat(output)
                .contains("available: false", "UnsupportedOperationException", "--enable-native-access=ALL-UNNAMED");
    }

    @Test
    void deniedNativeAccessIsExplainedOnTheModulePath() throws IOException {
        String output = ChildJvm.of(OpenContext.class)
                .modular()
                .withoutNativeAccess()
                .option("--illegal-native-access=deny")
                .succeed("1");

        assertThat(output)
                .contains("available: false", "UnsupportedOperationException", "--enable-native-access=io.linuxaio");
    }

    @Test
    void theFlagEnablesNativeAccess() throws IOException {
        for (boolean modular : new boolean[] {false, true}) {
            ChildJvm child = ChildJvm.of(OpenContext.class).option("--illegal-native-access=deny");
            String output = (modular ? child.modular() : child).succeed("1");

            assertThat(output.lines()).hasSize(2).first().isEqualTo("available: true");
            assertThat(output).contains("opened AioContext of depth 1").doesNotContain("WARNING");
        }
    }

    @Test
    void anUnknownBackendIsExplained() throws IOException {
        String output = ChildJvm.of(OpenContext.class)
                .option("-Dio.linuxaio.backend=uring")
                .succeed("1");

        assertThat(output).contains("available: false", "-Dio.linuxaio.backend=uring", "libaio nor syscall");
    }

    @Test
    void theFileSizeLimitFailsTheWriteAndNotTheProcess() throws IOException {
        Command.assumeInstalled("prlimit");
        Path path = directory.resolve("limited");
        String output = ChildJvm.of(WriteAcrossMegabyte.class)
                .by("prlimit", "--fsize=" + MEGABYTE)
                .succeed(path.toString());

        assertThat(output.lines().toList())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("EFBIG", path.toString(), "ulimit -f"));
        assertThat(output).contains("write of", "8192 bytes at position 1044480, of which 4096", "transferred 4096");
        assertThat(Files.size(path)).isEqualTo(MEGABYTE);
        assertThat(Arrays.copyOfRange(Files.readAllBytes(path), MEGABYTE - BLOCK, MEGABYTE))
                .isEqualTo(Bytes.random(1, BLOCK));
    }

    /** Writes two blocks, of which the second lies beyond the first megabyte; then tries to extend the file. */
    static final class WriteAcrossMegabyte {
        public static void main(String[] args) throws IOException {
            try (AioContext aio = AioContext.open();
                    AioArena arena = AioArena.ofShared();
                    AioFile file = aio.open(Path.of(args[0]), WRITE, CREATE)) {
                MemorySegment blocks = arena.allocate(2 * BLOCK);
                blocks.copyFrom(MemorySegment.ofArray(Bytes.random(1, BLOCK)));
                try {
                    file.write(blocks, MEGABYTE - BLOCK).join();
                } catch (CompletionException e) {
                    AioException cause = (AioException) e.getCause();
                    System.out.println(cause.getMessage() + ", transferred " + cause.bytesTransferred());
                }
                try {
                    file.setLength(2 * MEGABYTE);
                } catch (AioException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }

    @Test
    void theLimitOfOpenFilesIsExplainedAndContextsNeedNoDescriptor() throws IOException {
        Command.assumeInstalled("prlimit");
        Path path = Files.write(directory.resolve("file"), Bytes.random(1, BLOCK));
        String output = ChildJvm.of(UseUpDescriptors.class)
                .by("prlimit", "--nofile=100:100")
                .succeed(path.toString());

        assertThat(output).contains("open of " + path, "EMFILE", "ulimit -n", "read 4096 with none left");
    }

    /** Opens a file until no descriptor is left, and then uses a context. */
    static final class UseUpDescriptors {
        public static void main(String[] args) throws IOException {
            Path path = Path.of(args[0]);
            List<AioFile> files = new ArrayList<>();
            try (AioArena arena = AioArena.ofShared()) {
                MemorySegment block = arena.allocate(BLOCK);
                files.add(AioFile.open(path));
                // A dry run first, since loading a class from a directory needs a descriptor.
                AioFile.open(path).close();
                use(files.getFirst(), block);
                refuse(path.resolveSibling("x".repeat(300)));
                String refusal = null;
                while (refusal == null) {
                    try {
                        files.add(AioFile.open(path));
                    } catch (AioException e) {
                        refusal = e.getMessage();
                    }
                }
                int count = use(files.getFirst(), block);
                for (AioFile file : files) {
                    file.close();
                }
                System.out.println(refusal);
                System.out.println("read " + count + " with none left");
            }
        }

        private static void refuse(Path path) {
            try {
                AioFile.open(path).close();
            } catch (IOException e) {
                // As wanted.
            }
        }

        private static int use(AioFile file, MemorySegment block) throws IOException {
            try (AioContext aio = AioContext.builder().queueDepth(1).open()) {
                return aio.read(file, block, 0).join();
            }
        }
    }

    @Test
    void aFullDiskFailsTheWriteAndReportsTheBytesWritten() throws IOException {
        try (Volume volume = Volume.ext4(directory, 8);
                AioContext aio = AioContext.builder().queueDepth(8).open();
                AioArena arena = AioArena.ofShared()) {
            Path path = volume.path().resolve("file");
            MemorySegment sixteen = arena.allocate(16 * MEGABYTE);

            try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
                assertThatThrownBy(() -> file.write(sixteen, 0).join())
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOf(AioException.class)
                        .hasMessageContaining("write of " + path)
                        .hasMessageContaining("ENOSPC")
                        .hasMessageContaining("16777216 bytes at position 0")
                        .hasMessageContaining("free space")
                        .satisfies(e -> assertThat(((AioException) e).bytesTransferred())
                                .isBetween(0L, 8L * MEGABYTE)
                                .isLessThanOrEqualTo(sizeOf(path)));
                assertThatThrownBy(() -> file.allocate(0, 16 * MEGABYTE))
                        .isInstanceOf(AioException.class)
                        .hasMessageContaining("allocate of " + path)
                        .hasMessageContaining("ENOSPC")
                        .hasMessageContaining("free space");
                file.setLength(0);
                assertThat(file.write(sixteen.asSlice(0, MEGABYTE), 0).join()).isEqualTo(MEGABYTE);
            }
            assertThat(aio.stats().failed()).isEqualTo(1);
        }
    }

    private static long sizeOf(Path path) {
        try {
            return Files.size(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aPathIsProbed() throws IOException {
        AioProbeResult there = LinuxAio.probe(directory);

        assertThat(there.problem()).isEmpty();
        assertThat(there.directIo()).isTrue();
        assertThat(there.asynchronousIo()).isTrue();
        assertThat(there.filesystem()).isEqualTo(Files.getFileStore(directory).type());
        assertThat(there.alignment()).isPresent();
        assertThat(directory).isEmptyDirectory();
        assertThatThrownBy(() -> LinuxAio.probe(directory.resolve("missing"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> LinuxAio.probe(Path.of("/dev/null")))
                .isInstanceOf(AioException.class)
                .hasMessageContaining("character device");
    }

    @Test
    void aDirectoryThatIsNotWritableIsNamed() {
        assertThatThrownBy(() -> LinuxAio.probe(Path.of("/proc")))
                .isInstanceOfSatisfying(
                        FileSystemException.class, e -> assertThat(e.getFile()).isEqualTo("/proc"))
                .hasMessage("/proc: no file can be made in it to try with");
        // Not even root may create one there; the error differs if everything is mounted read-only.
        assertThatThrownBy(() -> LinuxAio.probe(Path.of("/sys")))
                .isInstanceOfSatisfying(
                        FileSystemException.class, e -> assertThat(e.getFile()).isEqualTo("/sys"));
    }

    @Test
    void aFilesystemWithoutDirectIoIsProbed() throws IOException {
        try (Volume volume = Volume.ramfs(directory)) {
            AioProbeResult there = LinuxAio.probe(volume.path());

            assertThat(there.directIo()).isFalse();
            assertThat(there.asynchronousIo()).isFalse();
            assertThat(there.alignment()).isEmpty();
            assertThat(there.problem()).get().asString().contains("O_DIRECT", "BUFFERED");
            assertThat(there.filesystem()).isEqualTo("ramfs");
            assertThat(volume.path()).isEmptyDirectory();
        }
    }
}
