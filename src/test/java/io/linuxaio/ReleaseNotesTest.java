package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Command;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/release-notes}, which takes the notes of a release from the changelog. */
class ReleaseNotesTest {
    private static final String CHANGELOG = """
            # Changelog

            An introduction.

            ## [Unreleased]

            ## [1.1.0] - 2027-02-01

            ### Added

            - One thing,
              on two lines.

            ### Fixed

            - Another.

            ## [1.1] - 2027-01-01

            - A version whose name opens another's.

            [1.1]: https://example.org
            """;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Command.Result notes(String... arguments) throws IOException {
        Path changelog = Files.writeString(directory.resolve("CHANGELOG.md"), CHANGELOG);
        List<String> command = new ArrayList<>(List.of("bash", "scripts/release-notes"));
        command.addAll(List.of(arguments));
        if (arguments.length == 1) {
            command.add(changelog.toString());
        }
        return Command.run(command);
    }

    @Test
    void aSectionIsPrintedWithoutItsHeading() throws IOException {
        assertThat(notes("1.1.0")).isEqualTo(new Command.Result(0, """
                ### Added

                - One thing,
                  on two lines.

                ### Fixed

                - Another.
                """));
    }

    @Test
    void namesOfVersionsAreCompletelyCompared() throws IOException {
        assertThat(notes("1.1")).isEqualTo(new Command.Result(0, "- A version whose name opens another's.\n"));
        assertThat(notes("1").exit()).isEqualTo(1);
        assertThat(notes("1.1.").exit()).isEqualTo(1);
    }

    @Test
    void anEmptyOrMissingSectionIsReported() throws IOException {
        for (String version : List.of("Unreleased", "2.0.0", ".*")) {
            Command.Result result = notes(version);

            assertThat(result.exit()).as(version).isEqualTo(1);
            assertThat(result.output()).contains("no section \"## [" + version + "]\"");
        }
    }

    @Test
    void wrongArgumentsPrintTheUsage() throws IOException {
        assertThat(notes().exit()).isEqualTo(2);
        assertThat(notes("--no-such-option", "a").exit()).isEqualTo(2);
        assertThat(notes("1", "2", "3").output()).contains("usage: scripts/release-notes");
    }

    @Test
    void theChangelogOfThisProjectHasNotesForTheNextRelease() throws IOException {
        Command.Result result = Command.run(List.of("bash", "scripts/release-notes", "Unreleased"));

        assertThat(result.exit()).isZero();
        assertThat(result.output()).contains("### Added");
    }
}
