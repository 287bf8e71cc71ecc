package io.linuxaio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The script that starts the command of a checkout in any environment. This checkout is built, and its path contains
 * spaces.
 */
@OnRealKernel
class CheckoutScriptIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path checkout;
    private Path target;

    @BeforeEach
    void makeCheckout() throws IOException {
        checkout = Files.createDirectory(directory.resolve("a built checkout")).toAbsolutePath();
        Files.createDirectories(checkout.resolve("scripts/lib"));
        for (String file : List.of("pom.xml", "scripts/aio", "scripts/lib/find-jdk")) {
            Files.copy(Path.of(file), checkout.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        for (String sources : List.of("src/main", "src/generated", "src/cli")) {
            Files.createDirectories(checkout.resolve(sources));
        }
        target = Files.createDirectory(checkout.resolve("target"));
        Path jar = Path.of(System.getProperty("io.linuxaio.test.cli-jar"));
        Files.copy(jar, target.resolve(jar.getFileName()));
    }

    @AfterEach
    void makeWritable() throws IOException {
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Command.Result run(String... command) throws IOException {
        return Command.run(Arrays.asList(command));
    }

    private String script() {
        return checkout.resolve("scripts/aio").toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "JAVA_TOOL_OPTIONS=-XX:+UseG1GC",
                "JDK_JAVA_OPTIONS=-XX:+UseParallelGC",
                "_JAVA_OPTIONS=-XX:+UseZGC",
                "JAVA_TOOL_OPTIONS=-Xshare:off",
                "JAVA_TOOL_OPTIONS=-Dan.option=1",
                "CLASSPATH=/nowhere",
                "HOME=/nowhere",
                "TMPDIR=/nowhere",
                "CDPATH=/tmp",
                "PATH=/nowhere",
                "LC_ALL=C",
                "JAVA_HOME=/nowhere"
            })
    void theEnvironmentHasNoEffect(String variable) throws IOException {
        Command.Result result = run("/usr/bin/env", variable, "/bin/bash", script(), "info", directory.toString());

        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output()).containsPattern("AIO there +works");
    }

    @Test
    void otherShellsAndLinksStartIt() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of(script()));
        for (String[] start : new String[][] {{"sh", script()}, {"sh", link.toString()}, {link.toString()}}) {
            List<String> command = new ArrayList<>(List.of("env", "-u", "HOME"));
            command.addAll(List.of(start));
            command.add("--version");
            Command.Result result = Command.run(command);
            assertThat(result.exit()).as(result.output()).isZero();
            assertThat(result.output()).contains("aio ");
        }
    }

    @Test
    void aReadOnlyCheckoutRunsAsBuilt() throws IOException {
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r-xr-xr-x"));
        List<String> command = new ArrayList<>(unprivileged());
        command.addAll(List.of(script(), "--version"));
        Command.Result result = Command.run(command);
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output()).hasLineCount(1).startsWith("aio ");

        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.delete(target.resolve(
                Path.of(System.getProperty("io.linuxaio.test.cli-jar")).getFileName()));
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r-xr-xr-x"));
        Command.Result unbuilt = Command.run(command);
        assertThat(unbuilt.exit()).isEqualTo(1);
        assertThat(unbuilt.output()).hasLineCount(1).contains("not built yet", "cannot be written");
    }

    /** Root may write anything, unless it drops its capabilities. */
    private static List<String> unprivileged() throws IOException {
        if (!Command.isRoot()) {
            return List.of();
        }
        Command.assumeInstalled("setpriv");
        return List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search");
    }

    @ParameterizedTest
    @ValueSource(strings = {"write F <&-", "read existing >&-", "info >&-", "write F <&- >&-", "write F <&- >&- 2>&-"})
    void aMissingStreamIsNotReplacedByAFile(String line) throws IOException {
        Path existing = Files.write(directory.resolve("existing"), new byte[5000]);
        Path made = directory.resolve("F").toAbsolutePath();
        String typed = line.replace("F ", "'" + made + "' ").replace("existing", "'" + existing.toAbsolutePath() + "'");
        Command.Result result = run("bash", "-c", "exec \"$0\" " + typed, script());

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.output().lines().count()).isEqualTo(line.endsWith("2>&-") ? 0 : 1);
        assertThat(made).doesNotExist();
        assertThat(existing).hasBinaryContent(new byte[5000]);
    }

    /** A build that reads whatever there is. */
    @Test
    void theBuildAtTheFirstUseLeavesTheInputToTheCommand() throws IOException {
        Path jar = target.resolve(
                Path.of(System.getProperty("io.linuxaio.test.cli-jar")).getFileName());
        Path built = Files.move(jar, directory.resolve("built.jar")).toAbsolutePath();
        Path programs = Files.createDirectory(directory.resolve("programs")).toAbsolutePath();
        Path maven = Files.writeString(
                programs.resolve("mvn"), "#!/bin/sh\ncat >/dev/null\ncp '" + built + "' '" + jar + "'\n");
        Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path made = directory.resolve("F").toAbsolutePath();

        Command.Result result =
                run("bash", "-c", "printf 12345 | PATH='" + programs + "':$PATH \"$0\" write '" + made + "'", script());

        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(made).hasContent("12345");
    }

    @Test
    void anUnusedStreamMayBeMissing() throws IOException {
        Path made = directory.resolve("F").toAbsolutePath();
        Command.Result result =
                run("bash", "-c", "exec \"$0\" write --verify --size 100k '" + made + "' <&- 2>&-", script());

        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output()).hasLineCount(2).contains("verified");
        assertThat(made).hasSize(100 << 10);
    }
}
