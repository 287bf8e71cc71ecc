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

/** Starts the packaged command, as a user does, in a folder. */
final class AioProcess {
    private static final Path JAR = Path.of(System.getProperty("io.linuxaio.test.cli-jar"));
    private static final long SECONDS = 60;

    private final Path folder;
    private final List<String> prefix = new ArrayList<>();
    private Redirect input = Redirect.from(Path.of("/dev/null").toFile());

    private AioProcess(Path folder) {
        this.folder = folder;
    }

    /** How it ended, and what it wrote. */
    record Result(int exitCode, byte[] data, String err) {
        String out() {
            return new String(data, StandardCharsets.UTF_8);
        }
    }

    static AioProcess in(Path folder) {
        return new AioProcess(folder);
    }

    AioProcess input(Path file) {
        input = Redirect.from(file.toFile());
        return this;
    }

    AioProcess inputByPipe() {
        input = Redirect.PIPE;
        return this;
    }

    /** Runs it by another program, which gets the command line as its last arguments. */
    AioProcess by(String... command) {
        prefix.addAll(List.of(command));
        return this;
    }

    /** Runs it to its end. */
    Result run(String... args) throws IOException, InterruptedException {
        return end(start(Redirect.to(folder.resolve("stdout").toFile()), args));
    }

    /** Starts it; its messages go to a file. */
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
                .directory(folder.toFile())
                .redirectInput(input)
                .redirectOutput(output)
                .redirectError(folder.resolve("stderr").toFile())
                .start();
    }

    /** Waits for the end of what was started. */
    Result end(Process process) throws IOException, InterruptedException {
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("aio did not end: " + Files.readString(folder.resolve("stderr")));
            }
            Path out = folder.resolve("stdout");
            return new Result(
                    process.exitValue(),
                    Files.exists(out) ? Files.readAllBytes(out) : new byte[0],
                    Files.readString(folder.resolve("stderr")));
        } finally {
            process.destroyForcibly();
        }
    }
}
