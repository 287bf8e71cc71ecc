package io.linuxaio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Signals;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code aio copy}, which creates a complete file or none. */
@OnRealKernel
class AioCopyIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private byte[] source(int length) throws IOException {
        byte[] bytes = Bytes.random(length, length);
        Files.write(directory.resolve("src"), bytes);
        return bytes;
    }

    private AioProcess.Result copy(String... args) throws IOException, InterruptedException {
        String[] all = Stream.concat(Stream.of("copy"), Stream.of(args)).toArray(String[]::new);
        return AioProcess.in(directory).run(all);
    }

    private AioProcess.Result succeed(String... args) throws IOException, InterruptedException {
        AioProcess.Result result = copy(args);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return result;
    }

    private static void assertFails(AioProcess.Result result, String... words) {
        assertThat(result.err()).hasLineCount(1).contains(words).doesNotContain("\tat ");
        assertThat(result.out()).isEmpty();
        assertThat(result.exitCode()).isEqualTo(1);
    }

    /** Returns the names of the files in the directory, without the output of the process. */
    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("std"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4097, (1 << 20) + 777, (9 << 20) + 1})
    void anyNumberOfBytesIsCopied(int length) throws IOException, InterruptedException {
        byte[] bytes = source(length);

        AioProcess.Result result = succeed("--verify", "src", "dst");

        assertThat(directory.resolve("dst")).hasBinaryContent(bytes);
        assertThat(result.out())
                .containsPattern("dst: " + length + " bytes .*copied in .* s, .* MB/s\n")
                .containsPattern("verified: .* read back in .* MB/s, every byte as written");
        assertThat(result.err()).isEmpty();
        assertThat(names()).containsExactly("dst", "src");
    }

    @Test
    void blockSizeAndDepthDoNotChangeTheFile() throws IOException, InterruptedException {
        byte[] bytes = source(300_001);

        succeed("--block-size=1536", "--depth=3", "--sync", "src", "dst");
        assertThat(directory.resolve("dst")).hasBinaryContent(bytes);
        succeed("--block-size=64k", "--depth=64", "--buffered", "src", "dst2");
        assertThat(directory.resolve("dst2")).hasBinaryContent(bytes);
    }

    @Test
    void theChecksumIsThatOfTheCopy() throws Exception {
        byte[] bytes = source(70_001);
        String sum =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));

        AioProcess.Result result = succeed("-q", "--checksum", "src", "dst");

        assertThat(result.out()).isEqualTo(sum + "  dst\n");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void holesStayHoles() throws IOException, InterruptedException {
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve("src").toFile(), "rw")) {
            file.setLength(10L << 30);
            file.seek(5L << 30);
            file.write(Bytes.random(1, 1 << 20));
        }
        succeed("src", "dst");

        assertThat(Files.size(directory.resolve("dst"))).isEqualTo(10L << 30);
        String blocks =
                Command.succeed("stat", "--format=%b", directory.resolve("dst").toString());
        assertThat(Long.parseLong(blocks.strip())).isLessThan((2 << 20) / 512);
    }

    @Test
    void anExistingFileIsReplacedOnlyWithForce() throws IOException, InterruptedException {
        byte[] bytes = source(5000);
        byte[] old = Bytes.random(1, 9000);
        Files.write(directory.resolve("dst"), old);

        assertFails(copy("src", "dst"), "aio copy: dst: exists already; --force replaces it");
        assertThat(directory.resolve("dst")).hasBinaryContent(old);
        succeed("--force", "src", "dst");
        assertThat(directory.resolve("dst")).hasBinaryContent(bytes);
        assertThat(names()).containsExactly("dst", "src");
    }

    @Test
    void reflinkCopiesWhereDataCannotBeShared() throws IOException, InterruptedException {
        byte[] bytes = source(70_001);
        succeed("--reflink", "--verify", "--sync", "src", "dst");
        assertThat(directory.resolve("dst")).hasBinaryContent(bytes);
    }

    @Test
    void preserveKeepsModeAndTime() throws IOException, InterruptedException {
        source(5000);
        Path source = directory.resolve("src");
        Files.setAttribute(source, "unix:mode", 0751);
        Files.setLastModifiedTime(source, FileTime.fromMillis(1_234_567_890_000L));

        succeed("--preserve", "src", "dst");
        succeed("src", "later");

        Path copy = directory.resolve("dst");
        assertThat(Files.getAttribute(copy, "unix:mode")).isEqualTo(Files.getAttribute(source, "unix:mode"));
        assertThat(Files.getLastModifiedTime(copy)).isEqualTo(Files.getLastModifiedTime(source));
        assertThat(Files.getLastModifiedTime(directory.resolve("later")))
                .isGreaterThan(Files.getLastModifiedTime(source));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "missing dst             | aio copy: missing: no such file",
                "src missing/dst         | there is no directory",
                "--force src missing/dst | there is no directory",
                ". dst                   | it is a directory",
                "src .                   | is the same file",
                "--force src .           | is the same file",
                ". .                     | it is a directory",
                "/dev/null dst           | it is a character device",
                "--force src /dev/null   | it is a device",
                "--buffered /proc/version dst | its length is not known",
                "--force src src         | is the same file",
                "--force src hard        | is the same file",
                "--force soft hard       | is the same file"
            })
    void anErrorIsOneLine(String line, String words) throws IOException, InterruptedException {
        byte[] bytes = source(5000);
        Files.createLink(directory.resolve("hard"), directory.resolve("src"));
        Files.createSymbolicLink(directory.resolve("soft"), Path.of("src"));

        assertFails(copy(line.split(" ")), words);
        assertThat(directory.resolve("src")).hasBinaryContent(bytes);
        assertThat(names()).containsExactly("hard", "soft", "src");
    }

    @ParameterizedTest
    @ValueSource(strings = {"d", "d/", "./d"})
    void aDirectoryAsTargetGetsAFileOfTheSameName(String target) throws IOException, InterruptedException {
        byte[] bytes = source(5000);
        Path copied = Files.createDirectory(directory.resolve("d")).resolve("src");

        AioProcess.Result result = succeed("--verify", "./src", target);

        assertThat(copied).hasBinaryContent(bytes);
        assertThat(result.out()).contains("d/src: 5000 bytes");
        assertFails(copy("src", target), "src: exists already");
        succeed("--force", "src", target);
    }

    @Test
    void aFullDiskLeavesNoFile() throws IOException, InterruptedException {
        source(20 << 20);
        try (Volume volume = Volume.ext4(directory, 16)) {
            Path full = volume.path().resolve("dst");
            assertFails(copy("src", full.toString()), "ENOSPC", "free space on the filesystem");
            assertThat(full).doesNotExist();
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130, false", "TERM, 143, false", "INT, 130, true"})
    void anInterruptLeavesNoPartialFile(String signal, int exitCode, boolean replaces) throws Exception {
        Signals.assumeHeeded(Signals.INT);
        // So small that the copy takes far longer than the signal.
        String[] args = {"copy", "-q", "--force", "--block-size=512", "--depth=1", "src", "dst"};
        source(64 << 20);
        byte[] old = Bytes.random(1, 9000);
        if (replaces) {
            Files.write(directory.resolve("dst"), old);
        }
        AioProcess aio = AioProcess.in(directory);
        Process process = aio.start(Redirect.DISCARD, args);
        Await.until("the copy has begun", this::isBegun);
        Command.succeed("kill", "-" + signal, Long.toString(process.pid()));

        AioProcess.Result result = aio.end(process);
        assertThat(result.err())
                .matches("aio copy: interrupted after [0-9.]+ [KM]?i?B of 64\\.0 MiB; dst "
                        + (replaces ? "is as it was" : "was not made") + "\n");
        assertThat(result.exitCode()).isEqualTo(exitCode);
        assertThat(names()).isEqualTo(replaces ? List.of("dst", "src") : List.of("src"));
        if (replaces) {
            assertThat(directory.resolve("dst")).hasBinaryContent(old);
        }
    }

    private boolean isBegun() {
        try {
            return names().stream()
                    .anyMatch(name -> name.startsWith(".linux-aio-") && !name.startsWith(".linux-aio-probe"));
        } catch (IOException e) {
            return false;
        }
    }
}
