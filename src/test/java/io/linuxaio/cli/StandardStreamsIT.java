package io.linuxaio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Unusual standard streams: no file reads or receives bytes that are not meant for it. */
@OnRealKernel
class StandardStreamsIT {
    private static final byte[] BYTES = Bytes.random(1, 5000);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @BeforeEach
    void makeFiles() throws IOException {
        Files.write(directory.resolve("existing"), BYTES);
    }

    /** Runs the command with the redirections of a shell. */
    private AioProcess.Result run(String redirections, String command) throws IOException, InterruptedException {
        return AioProcess.in(directory)
                .by("sh", "-c", "exec \"$@\" " + redirections, "sh")
                .run(command.split(" "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<&-         | write f                    | aio write: standard input is closed",
                "<&-         | write existing             | aio write: standard input is closed",
                "<&-         | write --from - f           | aio write: standard input is closed",
                "0>w         | write existing             | aio write: standard input is closed, or not open for reading",
                "<.          | write existing             | aio write: standard input is a directory",
                "<existing   | write existing             | is the same file as the one to be read",
                ">&-         | read existing              | aio: standard output is closed",
                ">&-         | write --size 1 f           | aio: standard output is closed",
                ">&-         | write --size 1 existing    | aio: standard output is closed",
                ">&-         | info                       | aio: standard output is closed",
                ">&-         | probe .                    | aio: standard output is closed",
                ">&-         | bench --size 1m f          | aio: standard output is closed",
                ">&-         | man                        | aio: standard output is closed",
                ">&-         | completion bash            | aio: standard output is closed",
                "1<existing  | read existing              | aio: standard output is closed, or not open for writing",
                "<&- >&-     | write f                    | aio: standard output is closed",
                ">>existing  | read existing              | standard output is the same file",
                "1<>existing | read existing              | standard output is the same file",
                ">>existing  | write --size 1 existing    | existing is the same file as standard output",
                ">>existing  | copy --force w existing    | existing is the same file as standard output",
                ">>existing  | copy existing f            | existing is the same file as standard output",
                ">>existing  | read --to f existing       | existing is the same file as standard output",
                ">>existing  | bench --force --rw write --size 4k existing | existing is the same file as standard output"
            })
    void missingStreamsAreOneLineAndChangeNothing(String redirections, String command, String message)
            throws IOException, InterruptedException {
        Files.createFile(directory.resolve("w"));
        AioProcess.Result result = run(redirections, command);

        assertThat(result.err()).hasLineCount(1).contains(message);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(directory.resolve("existing")).hasBinaryContent(BYTES);
        assertThat(directory.resolve("f")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"write --size 1 existing", "read existing", "copy --force existing f", "read --to f existing"})
    void nothingIsPrintedIfStandardErrorIsTheFile(String command) throws IOException, InterruptedException {
        AioProcess.Result result = run("2>>existing", command);

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(directory.resolve("existing")).hasBinaryContent(BYTES);
        assertThat(directory.resolve("f")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2>&-", "<&-", "<&- 2>&-", "2>&1"})
    void anUnusedStreamMayBeMissing(String redirections) throws IOException, InterruptedException {
        AioProcess.Result read = run(redirections, "read existing");
        assertThat(read.exitCode()).as(read.err()).isZero();
        assertThat(read.data()).isEqualTo(BYTES);

        AioProcess.Result write = run(redirections, "write --from existing --verify f");
        assertThat(write.exitCode()).as(write.err()).isZero();
        assertThat(directory.resolve("f")).hasBinaryContent(BYTES);
    }

    @Test
    void nothingIsDoneWithoutAnyStream() throws IOException, InterruptedException {
        AioProcess.Result result = run("<&- >&- 2>&-", "write existing");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(directory.resolve("existing")).hasBinaryContent(BYTES);
    }

    @Test
    void standardInputMayBeAFileOfTheJdk() throws IOException, InterruptedException {
        Path modules = Path.of(System.getProperty("java.home"), "lib", "modules");
        AioProcess.Result result = AioProcess.in(directory).input(modules).run("write", "--size", "100k", "f");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(Files.size(directory.resolve("f"))).isEqualTo(100 << 10);
    }

    @Test
    void aChecksumIsNotMixedWithTheData() throws IOException, InterruptedException {
        AioProcess.Result result = run(">out 2>&1", "read --checksum existing");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(directory.resolve("out")).content().hasLineCount(1).contains("--checksum cannot be printed");
    }
}
