package io.linuxaio.bench.run;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Execution of external programs, one at a time. */
final class Programs {
    private static final int SHOWN_OF_STDERR = 400;
    private static volatile Process running;

    private Programs() {}

    /**
     * The result of a program.
     *
     * @param status its exit code
     * @param output what it wrote to its standard output
     * @param errors what it wrote to its standard error, the end of it where that is long
     */
    record Ended(int status, String output, String errors) {
        /** The last line of the output, which is where programs here put their result. */
        String lastLine() {
            List<String> lines = output.strip().lines().toList();
            return lines.isEmpty() ? "" : lines.getLast();
        }
    }

    /** Runs it to its end; one that takes longer is killed. */
    static Ended run(List<String> command, Duration limit) throws IOException, InterruptedException {
        Path output = Files.createTempFile("bench", ".out");
        Path errors = Files.createTempFile("bench", ".err");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            running = process;
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                kill(process);
                return new Ended(-1, "", "it did not end within " + limit.toSeconds() + " s, and was killed");
            }
            return new Ended(process.exitValue(), Files.readString(output), end(Files.readString(errors)));
        } finally {
            running = null;
            Files.delete(output);
            Files.delete(errors);
        }
    }

    /**
     * The duration of a program, in milliseconds from just before it was started.
     *
     * @param said until the first byte of its output came; until its end where there was none
     * @param ended until it had ended
     */
    record Timed(double said, double ended) {}

    /** Runs a program that must succeed, and takes the time. */
    static Timed time(List<String> command, Duration limit) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("bench", ".err");
        try {
            long start = System.nanoTime();
            Process process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectError(errors.toFile())
                    .start();
            running = process;
            // Nothing else ends a read of what a program that hangs does not say.
            CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(process::destroyForcibly);
            InputStream output = process.getInputStream();
            output.read();
            double said = millisSince(start);
            output.transferTo(OutputStream.nullOutputStream());
            int status = process.waitFor();
            double ended = millisSince(start);
            if (status != 0) {
                throw new BenchException(
                        String.join(" ", command) + " ended with " + status + ": " + end(Files.readString(errors)));
            }
            return new Timed(said, ended);
        } finally {
            running = null;
            Files.delete(errors);
        }
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    private static String end(String text) {
        String stripped = text.strip();
        return stripped.length() <= SHOWN_OF_STDERR
                ? stripped
                : "..." + stripped.substring(stripped.length() - SHOWN_OF_STDERR);
    }

    /** Ends what runs now, if anything does. */
    static void killRunning() {
        Process process = running;
        if (process != null) {
            kill(process);
        }
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }

    /** Runs it and answers its output; empty where it fails or is not installed. */
    static Optional<String> ask(String... command) {
        try {
            Ended ended = run(List.of(command), Duration.ofSeconds(20));
            return ended.status() == 0 ? Optional.of(ended.output().strip()) : Optional.empty();
        } catch (IOException notThere) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Returns {@code true} if a program of this name is on the PATH. */
    static boolean isInstalled(String name) {
        for (String directory : System.getenv("PATH").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(directory.isEmpty() ? "." : directory, name))) {
                return true;
            }
        }
        return false;
    }
}
