package io.linuxaio.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

/** What is made of the commands' descriptions: the manual page, and the script for shells. */
class ManualTest {
    @TempDir
    Path folder;

    private static String run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertThat(Aio.run(new Session(new Stop(), both, both, false, false), args))
                .isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    private Path file(String... args) throws IOException {
        return Files.writeString(folder.resolve("out"), run(args));
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
    void groffHasNothingToSayAgainstTheManual() throws IOException {
        Command.assumeInstalled("groff");

        assertThat(succeed(List.of("groff", "-man", "-ww", "-z", file("man").toString())))
                .isEmpty();
        assertThat(succeed(List.of(
                        "groff", "-man", "-Tascii", "-P-cbou", file("man").toString())))
                .contains("aio bench --size 1g bench.bin", "EXIT STATUS");
    }

    @ParameterizedTest
    @CsvSource({"wr, 1, write", "pro, 1, probe", "bench --warm, 2, --warmup"})
    void bashCompletes(String typed, int word, String completed) throws IOException {
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

    @Test
    void aLineThatLooksLikeAMacroIsText() {
        assertThat(ManPage.escape(".so a-b\\\"'")).isEqualTo("\\&.so a\\-b\\e\\(dq\\(aq");
    }
}
