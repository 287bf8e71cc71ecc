package io.linuxaio.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.linuxaio.internal.link.LibaioLookup;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The backend selected by a separate process, with other properties and without libaio. */
@OnRealKernel
@Timeout(120)
class BackendSelectorIT {
    private Path directory;

    /** The exit status and the output of a child. */
    private record Outcome(int status, String output, String errors) {}

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createDirectories(TargetDirectory.root()
                .resolve("choice-" + ProcessHandle.current().pid()));
    }

    /** Runs {@link BackendSelectorChild} with these options, through another command if one is given. */
    private Outcome run(List<String> command, String... options) throws Exception {
        List<String> line = new ArrayList<>(command);
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.add("-XX:TieredStopAtLevel=1");
        line.add("--enable-native-access=ALL-UNNAMED");
        line.addAll(List.of(options));
        line.addAll(List.of("-cp", Path.of("target", "classes") + ":" + Path.of("target", "test-classes")));
        line.addAll(List.of(
                BackendSelectorChild.class.getName(), directory.resolve("data").toString()));
        Path output = directory.resolve("output");
        Path errors = directory.resolve("errors");
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectOutput(output.toFile()).redirectError(errors.toFile());
        // The JVM says on standard error that it has picked these up.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        int status = builder.start().waitFor();
        return new Outcome(status, Files.readString(output), Files.readString(errors));
    }

    private static void assertWorks(Outcome outcome, String backend) {
        assertThat(outcome.errors()).isEmpty();
        assertThat(outcome.status()).isZero();
        assertThat(outcome.output()).contains("backend " + backend, "written and read 4096");
    }

    private static void assertRefuses(Outcome outcome, String... words) {
        assertThat(outcome.output()).contains(words).contains("not available").doesNotContain("written");
        assertThat(outcome.status()).isEqualTo(BackendSelectorChild.NOT_AVAILABLE);
    }

    @Test
    void eachBackendCanBeForced() throws Exception {
        assertWorks(run(List.of(), "-Dio.linuxaio.backend=syscall"), "SYSCALL");
        assumeTrue(LibaioLookup.library().isPresent(), "libaio is not installed");
        assertWorks(run(List.of(), "-Dio.linuxaio.backend=libaio"), "LIBAIO");
    }

    @Test
    void theLibraryPathCanBeSet() throws Exception {
        Optional<String> library = LibaioLookup.library();
        assumeTrue(library.isPresent(), "libaio is not installed");

        assertWorks(run(List.of(), "-Dio.linuxaio.library=" + library.get()), "LIBAIO");
        assertWorks(run(List.of(), "-Dio.linuxaio.library=" + loadedFiles().getFirst()), "LIBAIO");
    }

    @Test
    void aMissingNamedLibraryIsReportedWithoutFallback() throws Exception {
        String option = "-Dio.linuxaio.library=/none/libaio.so.1";

        assertRefuses(run(List.of(), option), option, "leave the property out");
        assertRefuses(
                run(List.of(), option, "-Dio.linuxaio.backend=libaio"),
                "-Dio.linuxaio.backend=libaio",
                option,
                "leave the property out");
    }

    @Test
    void aNamedLibraryThatIsNotLibaioIsReported() throws Exception {
        assertRefuses(run(List.of(), "-Dio.linuxaio.library=libc.so.6"), "-Dio.linuxaio.library=libc.so.6");
    }

    @Test
    void rawSystemCallsNeedNoLibraryWhateverItsName() throws Exception {
        assertWorks(
                run(List.of(), "-Dio.linuxaio.library=/none/libaio.so.1", "-Dio.linuxaio.backend=syscall"), "SYSCALL");
    }

    @Test
    void anUnknownBackendIsReported() throws Exception {
        assertRefuses(
                run(List.of(), "-Dio.linuxaio.backend=io_uring"), "-Dio.linuxaio.backend=io_uring", "neither libaio");
    }

    @Test
    void rawSystemCallsAreUsedSilentlyWithoutLibaio() throws Exception {
        assertWorks(run(withoutLibaio()), "SYSCALL");
    }

    @Test
    void forcingAMissingLibaioNamesThePackage() throws Exception {
        assertRefuses(
                run(withoutLibaio(), "-Dio.linuxaio.backend=libaio"),
                "-Dio.linuxaio.backend=libaio",
                "libaio is not installed",
                "libaio1t64",
                "libaio1",
                "libaio.so.1t64, libaio.so.1, libaio.so");
    }

    /** Returns the files of libaio on this machine, from the mappings of this process. */
    private static List<Path> loadedFiles() throws IOException {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains("/libaio.so"))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .distinct()
                    .toList();
        }
    }

    /** Returns a command that runs another one without a loadable libaio: an empty device hides each file. */
    private static List<String> withoutLibaio() throws Exception {
        if (LibaioLookup.library().isEmpty()) {
            return List.of();
        }
        StringBuilder script = new StringBuilder();
        for (Path file : libaioFiles()) {
            script.append("mount --bind /dev/null '").append(file).append("' && ");
        }
        for (List<String> unshare :
                List.of(List.of("unshare", "--mount"), List.of("unshare", "--map-root-user", "--mount"))) {
            List<String> command = new ArrayList<>(unshare);
            command.addAll(List.of("sh", "-c", script + "exec \"$@\"", "sh"));
            if (succeeds(command)) {
                return command;
            }
        }
        return Assumptions.abort("libaio cannot be hidden here: unshare --mount is not permitted, or not installed");
    }

    private static List<Path> libaioFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path loaded : loadedFiles()) {
            try (Stream<Path> siblings = Files.list(loaded.getParent())) {
                siblings.filter(file -> file.getFileName().toString().startsWith("libaio.so"))
                        .filter(file -> !Files.isSymbolicLink(file))
                        .forEach(files::add);
            }
        }
        return files;
    }

    private static boolean succeeds(List<String> command) throws InterruptedException {
        List<String> line = new ArrayList<>(command);
        line.add("true");
        try {
            return new ProcessBuilder(line)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notInstalled) {
            return false;
        }
    }
}
