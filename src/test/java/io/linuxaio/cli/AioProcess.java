package io.linuxaio.cli;

import io.linuxaio.testing.ChildJvm;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of the packaged command in a directory. */
final class AioProcess {
    private static final Path JAR = Path.of(System.getProperty("io.linuxaio.test.cli-jar"));
    private static final long SECONDS = 60;

    private final Path directory;
    private final List<String> prefix = new ArrayList<>();
    private Redirect input = Redirect.from(Path.of("/dev/null").toFile());

    private AioProcess(Path directory) {
        this.directory = directory;
    }

    /** The exit code and the output of the process. */
    record Result(int exitCode, byte[] data, String err) {
        String out() {
            return new String(data, StandardCharsets.UTF_8);
        }
    }

    static AioProcess in(Path directory) {
        return new AioProcess(directory);
    }

    AioProcess input(Path file) {
        input = Redirect.from(file.toFile());
        return this;
    }

    AioProcess inputByPipe() {
        input = Redirect.PIPE;
        return this;
    }

    /** Runs it through another program, whose last arguments are the command line. */
    AioProcess by(String... command) {
        prefix.addAll(List.of(command));
        return this;
    }

    /** Runs it and waits for its exit. */
    Result run(String... args) throws IOException, InterruptedException {
        return end(start(Redirect.to(directory.resolve("stdout").toFile()), args));
    }

    /** Starts it with its messages redirected to a file. */
    Process start(Redirect output, String... args) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        command.addAll(ChildJvm.handedDown());
        command.addAll(List.of("-jar", JAR.toString()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(input)
                .redirectOutput(output)
                .redirectError(directory.resolve("stderr").toFile())
                .start();
    }

    /** Waits for the exit of a started process. */
    Result end(Process process) throws IOException, InterruptedException {
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("aio did not exit: " + Files.readString(directory.resolve("stderr")));
            }
            Path out = directory.resolve("stdout");
            return new Result(
                    process.exitValue(),
                    Files.exists(out) ? Files.readAllBytes(out) : new byte[0],
                    Files.readString(directory.resolve("stderr")));
        } finally {
            process.destroyForcibly();
        }
    }
}
