package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A volume whose writes stay in flight until a test resumes them: ext4 on a file in another ext4. While the outer one
 * is frozen, the kernel accepts writes to the device of the inner one and completes none. Requires root.
 *
 * <p>Only overwrites of written blocks are blocked this way: others wait inside {@code io_submit}.
 */
public final class FrozenVolume implements AutoCloseable {
    /** The time after which a blocked test is assumed to wait for itself. */
    private static final long LONGEST_SECONDS = 30;

    private final Volume outer;
    private final Volume inner;
    private final Thread thawAtExit = new Thread(this::thawAtExit);

    private FrozenVolume(Volume outer, Volume inner) {
        this.outer = outer;
        this.inner = inner;
    }

    /** Creates a volume in a directory. */
    public static FrozenVolume in(Path directory) throws IOException {
        Command.assumeInstalled("fsfreeze");
        Volume outer = Volume.ext4(directory, 48);
        try {
            FrozenVolume held = new FrozenVolume(outer, Volume.ext4(outer.path(), 24));
            Runtime.getRuntime().addShutdownHook(held.thawAtExit);
            return held;
        } catch (IOException | RuntimeException | Error e) {
            outer.close();
            throw e;
        }
    }

    /** Creates a file of zeros on the volume, all of whose blocks are written. */
    public Path file(String name, int bytes) throws IOException {
        Path file = inner.path().resolve(name);
        Files.write(file, new byte[bytes]);
        Command.succeed("sync", "--file-system", file.toString());
        return file;
    }

    /** Blocks the completion of writes, which are still accepted. */
    public Hold hold() throws IOException {
        outer.freeze();
        Hold hold = new Hold();
        CompletableFuture.delayedExecutor(LONGEST_SECONDS, TimeUnit.SECONDS).execute(hold::giveUp);
        return hold;
    }

    /**
     * Ends when it is closed, if not before. In a try statement, declare it after resources that wait for operations
     * when closed, so that a failed assertion does not hang the test.
     */
    public final class Hold implements AutoCloseable {
        private boolean over;

        private Hold() {}

        /** Resumes the blocked writes. */
        public synchronized void release() throws IOException {
            if (!over) {
                over = true;
                outer.thaw();
            }
        }

        private void giveUp() {
            try {
                release();
            } catch (IOException e) {
                System.err.println(e.getMessage());
            }
        }

        @Override
        public void close() throws IOException {
            release();
        }
    }

    // A filesystem that stays frozen blocks every process that accesses it, even after this JVM has exited.
    private void thawAtExit() {
        try {
            outer.thaw();
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        outer.thaw();
        Runtime.getRuntime().removeShutdownHook(thawAtExit);
        try {
            inner.close();
        } finally {
            outer.close();
        }
    }
}
