package io.linuxaio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.ShutdownSignal;
import io.linuxaio.testing.Command;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The manual page and the completion script, generated from the descriptions of the commands. */
class ManualTest {
    @TempDir
    Path directory;

    private static String run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertThat(Aio.run(new CommandContext(new ShutdownSignal(), both, both, false, false), args))
                .isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    private Path file(String... args) throws IOException {
        return Files.writeString(directory.resolve("out"), run(args));
    }

    private static String succeed(List<String> command) throws IOException {
        Command.Result result = Command.run(command);
        assertThat(result.exit()).as(result.output()).isZero();
        return result.output();
    }

    @Test
    void eachCommandIsInTheManual() {
        assertThat(run("man"))
                .startsWith(".TH \"AIO\" \"1\"")
                .contains(".SS \"aio write\"", ".SS \"aio read\"", ".SS \"aio info\"", ".SS \"aio bench\"")
                .contains("\\fB\\-\\-block\\-size\\fR \\fISIZE\\fR", "(default: 4k)")
                .doesNotContain("${", "%n", "@|");
    }

    @Test
    void groffAcceptsTheManualWithoutWarning() throws IOException {
        Command.assumeInstalled("groff");

        assertThat(succeed(List.of("groff", "-man", "-ww", "-z", file("man").toString())))
                .isEmpty();
        assertThat(succeed(List.of(
                        "groff", "-man", "-Tascii", "-P-cbou", file("man").toString())))
                .contains("aio bench --size 1g bench.bin", "EXIT STATUS");
    }

    @ParameterizedTest
    @CsvSource({"wr, 1, write", "pro, 1, probe", "bench --warm, 2, --warmup"})
    void bashCompletesCommandsAndOptions(String typed, int word, String completed) throws IOException {
        Command.assumeInstalled("bash");
        Path script = file("completion", "bash");

        succeed(List.of("bash", "-n", script.toString()));
        assertThat(succeed(List.of(
                        "bash",
                        "-c",
                        "source " + script + "; COMP_WORDS=(aio " + typed + "); COMP_CWORD=" + word
                                + "; _complete_aio 2>/dev/null; printf '%s\\n' \"${COMPREPLY[@]}\"")))
                .isEqualTo(completed + "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "write --checksum = c     | crc32c",
                "write --checksum = ''    | sha256 crc32c",
                "write --checksum=c       | crc32c",
                "write --checks           | --checksum --checksum=sha256 --checksum=crc32c",
                "write --checksum c       | (files)",
                "write ''                 | (files)",
                "write --from x           | (files)",
                "write --from = x         | (files)",
                "write --depth ''         | (none)",
                "write --sync ''          | (files)",
                "write -- --si            | (files)",
                "bench --rw randr         | randread randrw",
                "bench --rw = randw       | randwrite",
                "bench --engine ''        | queue futures",
                "completion z             | zsh",
                "man ''                   | (none)"
            })
    void bashCompletesOnlyValidValues(String typed, String completed) throws IOException {
        Command.assumeInstalled("bash");

        assertThat(succeed(List.of(
                        "bash",
                        "-c",
                        "COMP_WORDBREAKS=' ='; compopt() { none=\"(none)\"; }; source " + file("completion", "bash")
                                + "; COMP_WORDS=(aio " + typed + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))"
                                + "; _complete_aio; none=${none:-(files)}; echo ${COMPREPLY[*]:-$none}")))
                .isEqualTo(completed + "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wr                       | write read copy info probe bench completion man -h --help -V --version",
                "write --checksum=c       | --checksum=sha256 --checksum=crc32c",
                "write --checksum c       | (files)",
                "write ''                 | (files)",
                "write --depth ''         | ''",
                "bench --rw randr         | read write randread randwrite randrw",
                "bench --engine=q         | --engine=queue --engine=futures",
                "completion z             | bash zsh"
            })
    void zshCompletesOnlyValidValues(String typed, String offered) throws IOException {
        Command.assumeInstalled("zsh");

        assertThat(succeed(List.of(
                                "zsh",
                                "-fc",
                                "compdef() { :; }; compadd() { shift; print -r -- \"$@\"; }; _files() { print '(files)'; }"
                                        + "; compset() { :; }; source " + file("completion", "zsh") + "; words=(aio "
                                        + typed
                                        + "); CURRENT=$#words; _complete_aio_zsh"))
                        .strip())
                .isEqualTo(offered);
    }

    @Test
    void completionDoesNotEvaluateFileNames() throws IOException {
        Command.assumeInstalled("bash");
        Path script = file("completion", "bash");
        Files.createFile(directory.resolve("$(touch evaluated)"));

        succeed(List.of(
                "bash",
                "-c",
                "cd " + directory + "; source " + script
                        + "; COMP_WORDS=(aio write '$'); COMP_CWORD=2; _complete_aio 2>/dev/null; true"));
        assertThat(directory.resolve("evaluated")).doesNotExist();
    }

    @Test
    void aLineThatLooksLikeAMacroIsEscaped() {
        assertThat(ManPage.escape(".so a-b\\\"'")).isEqualTo("\\&.so a\\-b\\e\\(dq\\(aq");
    }
}
