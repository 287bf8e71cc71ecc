package io.linuxaio.bench.run;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A process that reads and writes small files when it is told to, and idles in between. For one thread. */
final class SmallFilesProgram implements AutoCloseable {
    private static final long LIMIT_SECONDS = 120;

    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter commands;

    SmallFilesProgram(String name, List<String> command) throws IOException {
        this.name = name;
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        commands = process.outputWriter(StandardCharsets.UTF_8);
    }

    String name() {
        return name;
    }

    /**
     * The time of one turn.
     *
     * @param wallMicros microseconds of the clock for each file
     * @param processorMicros microseconds of processor time for each file
     */
    record Turn(double wallMicros, double processorMicros) {}

    /** Reads or writes files of one size in a directory, and returns the time of that. */
    Turn run(String operation, Path directory, int first, int count, int size) throws IOException {
        commands.write(String.join(" ", operation, directory.toString(), "" + first, "" + count, "" + size));
        commands.newLine();
        commands.flush();
        CompletableFuture<?> watchdog = CompletableFuture.runAsync(
                process::destroyForcibly, CompletableFuture.delayedExecutor(LIMIT_SECONDS, TimeUnit.SECONDS));
        String answer = answers.readLine();
        watchdog.cancel(false);
        if (answer == null || !answer.matches("\\d+ \\d+")) {
            throw new BenchException(name + ": " + (answer == null ? "ended without an answer" : answer));
        }
        String[] nanos = answer.split(" ");
        return new Turn(Long.parseLong(nanos[0]) / 1e3 / count, Long.parseLong(nanos[1]) / 1e3 / count);
    }

    @Override
    public void close() throws IOException {
        // The end of its input ends it.
        commands.close();
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
