package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The workflows of continuous integration. */
class WorkflowsTest {
    private static final Path DIRECTORY = Path.of(".github/workflows");
    private static final Pattern USES = Pattern.compile("uses: *(.*)");
    private static final Pattern RUN = Pattern.compile("(?<![\\w./])((?:scripts|\\.ci)/[\\w-]+)");

    private static List<Path> workflows() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.sorted().toList();
        }
    }

    @Test
    void actionsArePinnedByCommit() throws IOException {
        List<String> used = new ArrayList<>();
        for (Path workflow : workflows()) {
            Matcher matches = USES.matcher(Files.readString(workflow));
            while (matches.find()) {
                used.add(matches.group(1));
            }
        }

        assertThat(used)
                .isNotEmpty()
                .allSatisfy(action -> assertThat(action).matches("[\\w-]+/[\\w-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+"));
        assertThat(used.stream().distinct().map(action -> action.replaceFirst("@.*", "")))
                .as("one commit of each action")
                .doesNotHaveDuplicates();
    }

    @Test
    void scriptsThatWorkflowsRunExist() throws IOException {
        for (Path workflow : workflows()) {
            assertThat(RUN.matcher(Files.readString(workflow)).results().map(script -> Path.of(script.group(1))))
                    .allSatisfy(script -> assertThat(script).isExecutable());
        }
    }

    @Test
    void actionlintFindsNothing() throws IOException {
        Assumptions.assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "actionlint"))),
                "actionlint is not installed");
        List<String> command = new ArrayList<>(List.of("actionlint"));
        workflows().forEach(workflow -> command.add(workflow.toString()));

        assertThat(Command.run(command)).isEqualTo(new Command.Result(0, ""));
    }
}
