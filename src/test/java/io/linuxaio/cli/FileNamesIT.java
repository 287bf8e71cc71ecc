package io.linuxaio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of files on the command line, which are used byte for byte in any locale. */
@OnRealKernel
class FileNamesIT {
    private static final byte[] BYTES = Bytes.random(2, 5000);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    /** Runs the command in a locale, with the words that a shell makes of the input. */
    private AioProcess.Result run(String locale, String... typed) throws IOException, InterruptedException {
        return AioProcess.in(directory)
                .by("env", "LC_ALL=" + locale, "bash", "-c", "exec \"$@\" " + String.join(" ", typed), "bash")
                .run();
    }

    private void succeed(String locale, String... typed) throws IOException, InterruptedException {
        AioProcess.Result result = run(locale, typed);
        assertThat(result.exitCode()).as(result.err()).isZero();
    }

    /** Returns a file of the directory whose name is given percent-encoded. */
    private Path file(String encoded) {
        return Path.of(URI.create(directory.toUri() + encoded));
    }

    @ParameterizedTest
    @ValueSource(strings = {"C.UTF-8", "C"})
    void aNameThatIsNotTextIsAccepted(String locale) throws IOException, InterruptedException {
        Files.write(directory.resolve("src"), BYTES);

        succeed(locale, "write", "--from", "src", "--verify", "$'caf\\xe9'");
        succeed(locale, "copy", "--verify", "$'caf\\xe9'", "$'caf\\xea'");
        succeed(locale, "write", "--from=$'caf\\xea'", "$'\\xc3\\xa9'");
        succeed(locale, "read", "--to", "$'\\xff\\xfe'", "$'\\xc3\\xa9'");
        succeed(locale, "info", "$'caf\\xe9'");
        for (String name : new String[] {"caf%E9", "caf%EA", "%C3%A9", "%FF%FE"}) {
            assertThat(file(name)).hasBinaryContent(BYTES);
        }
        try (var files = Files.list(directory)) {
            // With the source and the two outputs.
            assertThat(files).hasSize(7);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"C.UTF-8", "C"})
    void filesAreCreatedInADirectoryWhoseNameIsNotText(String locale) throws IOException, InterruptedException {
        Path sub = Files.createDirectory(file("d%E9"));
        Files.write(sub.resolve("src"), BYTES);

        AioProcess.Result result = AioProcess.in(directory)
                .by(
                        "env",
                        "LC_ALL=" + locale,
                        "bash",
                        "-c",
                        "cd $'d\\xe9' && exec \"$@\" write --verify --from src dst",
                        "bash")
                .run();
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).startsWith("dst: ");
        assertThat(sub.resolve("dst")).hasBinaryContent(BYTES);
    }

    @Test
    void namesWithSpecialCharactersAreTakenLiterally() throws IOException, InterruptedException {
        Files.write(directory.resolve("arguments"), "--size 3 other".getBytes());
        for (String name :
                new String[] {"@arguments", "${sys:user.dir}", "\"quoted\"", "new\nline", "*", "=x", "%41"}) {
            AioProcess.Result result = AioProcess.in(directory).run("write", "--size", "7", name);
            assertThat(result.exitCode()).as(result.err()).isZero();
            assertThat(directory.resolve(name)).hasSize(7);
        }
        AioProcess.Result dash = AioProcess.in(directory).run("write", "--size", "7", "--", "--verify");
        assertThat(dash.exitCode()).as(dash.err()).isZero();
        assertThat(directory.resolve("--verify")).hasSize(7);
        assertThat(directory.resolve("other")).doesNotExist();
    }

    @Test
    void aMessageEscapesControlCharacters() throws IOException, InterruptedException {
        AioProcess.Result result = run("C.UTF-8", "read", "$'a\\e[31mb\\tc\\xe9'");

        assertThat(result.err()).isEqualTo("aio read: a\\x1b[31mb\\tc\\xe9: no such file\n");
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    void checksumLinesCanBeVerifiedBySha256sum() throws IOException, InterruptedException {
        AioProcess.Result result = run("C.UTF-8", "write", "-q", "--size", "1000", "--checksum", "$'caf\\xe9'");
        assertThat(result.exitCode()).as(result.err()).isZero();

        Process check = new ProcessBuilder("sha256sum", "--status", "-c", "stdout")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        assertThat(check.waitFor()).isZero();
    }

    @Test
    void aNameThatEndsInASlashIsRefused() throws IOException, InterruptedException {
        for (String[] line : new String[][] {
            {"write", "--size", "1", "f/"}, {"copy", "src", "f/"}, {"read", "--to", "f/", "src"}, {"read", "src/"}
        }) {
            Files.write(directory.resolve("src"), BYTES);
            AioProcess.Result result = AioProcess.in(directory).run(line);
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err()).hasLineCount(1).contains("ends in a slash");
            assertThat(directory.resolve("f")).doesNotExist();
        }
    }
}
