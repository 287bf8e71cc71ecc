package io.linuxaio.flashkv;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own. */
public final class KvProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("flashkv: ready: .*:(\\d+), data in .*");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SIGKILL = 128 + 9;

    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private KvProcess(Process process) {
        this.process = process;
        reader = Thread.ofVirtual().start(this::readOutput);
    }

    /** Starts a program, and does not wait until it is ready. */
    public static KvProcess launch(ChildJvm jvm, String... arguments) throws IOException {
        return new KvProcess(jvm.start(arguments));
    }

    /** Starts a server with small files, and waits until it is ready. */
    public static KvProcess start(Path directory, String... more) throws IOException {
        return launch(ChildJvm.of(FlashKv.class), KvServer.small(directory, more))
                .awaitReady();
    }

    private void readOutput() {
        try (BufferedReader lines = process.inputReader()) {
            lines.lines().forEach(output::add);
        } catch (IOException | RuntimeException e) {
            output.add("the output ends: " + e);
        }
    }

    /** Waits until the server accepts connections. */
    public KvProcess awaitReady() {
        boolean ready = Await.becomes(() -> port() > 0 || !process.isAlive(), PATIENCE);
        if (!ready || port() == 0) {
            process.destroyForcibly();
            throw new AssertionError("the server did not start: " + output);
        }
        return this;
    }

    /** Returns the port, or 0 if the server is not ready. */
    public int port() {
        return output.stream()
                .map(READY::matcher)
                .filter(Matcher::matches)
                .mapToInt(ready -> Integer.parseInt(ready.group(1)))
                .findFirst()
                .orElse(0);
    }

    public RespClient connect() throws IOException {
        return new RespClient(port());
    }

    public List<String> output() {
        return output;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the process as a power failure would, but for what the kernel has. */
    public void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        if (awaitExit() != SIGKILL) {
            throw new AssertionError("the process had ended before: " + output);
        }
    }

    /** Sends SIGTERM, and returns the time until the process has ended. */
    public Duration terminate() throws InterruptedException {
        long begin = System.nanoTime();
        server().destroy();
        awaitExit();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** Returns the JVM, which may run below a tool. */
    private ProcessHandle server() {
        return process.descendants().findFirst().orElse(process.toHandle());
    }

    /** Waits for the end of the process, and returns its status. */
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the process did not end: " + output);
        }
        reader.join(PATIENCE);
        return process.exitValue();
    }

    @Override
    public void close() {
        server().destroyForcibly();
        process.destroyForcibly();
    }
}
