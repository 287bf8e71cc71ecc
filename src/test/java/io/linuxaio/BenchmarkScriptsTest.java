package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Command;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mistakes in the arguments of the scripts that measure the projects on top of the library, before they build anything. */
class BenchmarkScriptsTest {
    private static Command.Result run(String script, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("bash", "scripts/" + script));
        command.addAll(List.of(arguments));
        return Command.run(command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bench-log", "bench-lucene", "bench-artemis", "bench-flashkv"})
    void theUsageIsPrinted(String script) throws IOException {
        Command.Result result = run(script, "--help");

        assertThat(result.exit()).isZero();
        assertThat(result.output()).contains("scripts/" + script + " [").contains("DIRECTORY");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bench-log", "bench-lucene", "bench-artemis", "bench-flashkv"})
    void anUnknownOptionIsRefused(String script) throws IOException {
        Command.Result result = run(script, "--nonsense");

        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.output()).startsWith(script + ": no such option: --nonsense\n");
    }

    @ParameterizedTest
    @CsvSource({
        "bench-log, target 0, SECONDS must be a positive integer: 0",
        "bench-log, target 5 1 many, THREADS must be a positive integer: many",
        "bench-lucene, target 99999999999, MEBIBYTES must be a positive integer: 99999999999",
        "bench-lucene, target 1 1 1 1, too many arguments: 1",
        "bench-artemis, --rounds -1, --rounds must be a positive integer: -1",
        "bench-artemis, --size, '--size must be a positive integer: '",
        "bench-artemis, target target, too many arguments: target",
        "bench-flashkv, target 1 1.5, ROUNDS must be a positive integer: 1.5"
    })
    void aWrongArgumentIsRefused(String script, String arguments, String message) throws IOException {
        Command.Result result = run(script, arguments.split(" "));

        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.output()).startsWith(script + ": " + message + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bench-log", "bench-lucene", "bench-artemis", "bench-flashkv"})
    void aDirectoryThatCannotBeCreatedIsRefused(String script) throws IOException {
        Command.Result result = run(script, "/proc/none");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.output()).contains("not a directory in which files can be created: /proc/none");
    }
}
