package io.linuxaio.testing.fuse;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A mounted FUSE filesystem with injected faults, in memory and in a separate process. Requires root.
 *
 * <p>Direct I/O on it is asynchronous, except for writes that extend a file. Faults apply to each request of the
 * kernel: one for each 128 KiB of an operation. There are no subdirectories.
 */
public final class FaultyFilesystem implements AutoCloseable {
    public static final int EIO = 5;
    public static final int ENOSPC = 28;

    private static final int ALL = Integer.MAX_VALUE;

    private final Path path;
    private final Path socket;
    private final Path log;
    private final Process server;
    private SocketChannel control;
    private BufferedReader answers;

    private FaultyFilesystem(Path path, Path socket, Path log, Process server) {
        this.path = path;
        this.socket = socket;
        this.log = log;
        this.server = server;
    }

    /** Mounts a filesystem in a directory. */
    public static FaultyFilesystem in(Path directory) throws IOException {
        Command.assumeRoot("can mount a filesystem");
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/fuse")), "there is no /dev/fuse: modprobe fuse");
        Path path = Files.createDirectory(directory.resolve("faulty"));
        // A socket's name must be short, and the directory's may be long: the server starts in the same directory.
        Path here = Path.of("").toAbsolutePath();
        Path socket = here.relativize(directory.resolve("faulty.control"));
        Path log = directory.resolve("faulty.log");
        // The server inherits the mounted device as its standard input.
        String mount = "exec 0<>/dev/fuse && mount --internal-only -t fuse -o"
                + " fd=0,rootmode=40000,user_id=0,group_id=0,allow_other faulty \"$0\" && exec \"$@\"";
        Process server = ChildJvm.of(FaultyServer.class)
                .by("sh", "-c", mount, path.toString())
                .start(log, socket.toString(), path.toString());
        FaultyFilesystem filesystem = new FaultyFilesystem(path, socket, log, server);
        try {
            filesystem.connect();
        } catch (IOException | RuntimeException | Error e) {
            filesystem.close();
            throw e;
        }
        return filesystem;
    }

    private void connect() throws IOException {
        Await.until("the faulty filesystem is mounted", () -> Files.exists(socket) || !server.isAlive());
        if (!server.isAlive()) {
            String reason = Files.readString(log).strip();
            Assumptions.assumeFalse(reason.contains("permi"), "a filesystem cannot be served here: " + reason);
            throw new IOException(reason);
        }
        Await.until("the server listens", () -> {
            try {
                control = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                return true;
            } catch (IOException notYet) {
                return false;
            }
        });
        answers = new BufferedReader(Channels.newReader(control, StandardCharsets.UTF_8));
    }

    private synchronized int command(String line) {
        try {
            control.write(StandardCharsets.UTF_8.encode(line + "\n"));
            String answer = answers.readLine();
            if (answer == null || !answer.startsWith("ok ")) {
                throw new AssertionError(line + ": " + answer + "\n" + Files.readString(log));
            }
            return Integer.parseInt(answer.substring(3));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the mount point. */
    public Path path() {
        return path;
    }

    /** Returns the path of a file on it. */
    public Path file(String name, byte[] contents) throws IOException {
        return Files.write(path.resolve(name), contents);
    }

    /** Injects a fault from now on; of several faults for one kind of request, the first one applies first. */
    public void inject(InjectedFault fault) {
        command("fault " + fault);
    }

    /** Fails one request of a kind, after the given number of normal ones. */
    public void fail(String kind, int errno, int after) {
        inject(new InjectedFault(kind, InjectedFault.What.FAIL, errno, after, 1));
    }

    /** Limits each read to so many bytes from now on, wherever it begins, until {@link #release}. */
    public void limitReads(int bytes) {
        inject(new InjectedFault("READ", InjectedFault.What.CUT, bytes, 0, ALL));
    }

    /** Holds all requests of a kind back, until {@link #release}. */
    public void hold(String kind) {
        inject(new InjectedFault(kind, InjectedFault.What.HOLD, 0, 0, ALL));
    }

    /** Waits until the given number of requests is blocked. */
    public void awaitHeld(int count) {
        command("await-held " + count);
    }

    /** Answers the held requests, and removes all faults. */
    public void release() {
        command("clear");
        command("release " + ALL + " 0");
    }

    /** Answers the first so many held requests, and holds the others. */
    public void release(int count) {
        command("release " + count + " 0");
    }

    /** Answers the held requests with an error, and removes all faults. */
    public void failHeld(int errno) {
        command("clear");
        command("release " + ALL + " " + errno);
    }

    /**
     * Loses unflushed writes, and fails all requests until {@link #power}.
     *
     * @param seed the seed for the choice of lost pages
     * @param keep the percentage of unflushed pages that are kept
     * @return the number of lost pages
     */
    public int losePower(long seed, int keep) {
        return command("power-failure " + seed + " " + keep);
    }

    /** As {@link #losePower}, when the next flush has arrived and is not done yet; waits for that. */
    public int losePowerAtFlush(long seed, int keep) {
        return command("power-failure-at-flush " + seed + " " + keep);
    }

    /** Restores power. */
    public void power() {
        command("power");
    }

    @Override
    public void close() throws IOException {
        try {
            if (control != null && server.isAlive()) {
                release();
            }
            Command.Result unmounted = Command.run(List.of("umount", path.toString()));
            if (unmounted.exit() != 0 && server.isAlive()) {
                throw new IOException(unmounted.output());
            }
            awaitEnd();
        } finally {
            Command.run(List.of("umount", "--quiet", "--lazy", path.toString()));
            // Requests in flight fail when the server has exited.
            server.destroyForcibly();
            if (control != null) {
                control.close();
            }
            Files.deleteIfExists(socket);
        }
    }

    private void awaitEnd() throws IOException {
        try {
            if (!server.waitFor(60, TimeUnit.SECONDS)) {
                throw new IOException("the server of the faulty filesystem does not exit");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
