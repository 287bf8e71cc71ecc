package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A volume on which writes can be held in flight for as long as a test likes: ext4 on a file in another ext4. Freezing
 * the outer one lets the kernel accept writes to the inner one's device and complete none. For root.
 *
 * <p>Only overwrites of written blocks are held: others wait inside {@code io_submit}.
 */
public final class FrozenVolume implements AutoCloseable {
    /** A test that holds for longer waits for itself. */
    private static final long LONGEST_SECONDS = 30;

    private final Volume outer;
    private final Volume inner;
    private final Thread thawAtExit = new Thread(this::thawAtExit);

    private FrozenVolume(Volume outer, Volume inner) {
        this.outer = outer;
        this.inner = inner;
    }

    /** Makes one in a folder. */
    public static FrozenVolume in(Path folder) throws IOException {
        Command.assumeInstalled("fsfreeze");
        Volume outer = Volume.ext4(folder, 48);
        try {
            FrozenVolume held = new FrozenVolume(outer, Volume.ext4(outer.path(), 24));
            Runtime.getRuntime().addShutdownHook(held.thawAtExit);
            return held;
        } catch (IOException | RuntimeException | Error e) {
            outer.close();
            throw e;
        }
    }

    /** A file of zeros on it, all of whose blocks are written. */
    public Path file(String name, int bytes) throws IOException {
        Path file = inner.path().resolve(name);
        Files.write(file, new byte[bytes]);
        Command.succeed("sync", "--file-system", file.toString());
        return file;
    }

    /** From here on writes are accepted and do not complete. */
    public Hold hold() throws IOException {
        outer.freeze();
        Hold hold = new Hold();
        CompletableFuture.delayedExecutor(LONGEST_SECONDS, TimeUnit.SECONDS).execute(hold::giveUp);
        return hold;
    }

    /**
     * Ends when it is closed, if not before. In a try statement it stands after what waits for operations when closed,
     * so that a failed assertion does not become a test that hangs.
     */
    public final class Hold implements AutoCloseable {
        private boolean over;

        private Hold() {}

        /** Lets what is held complete. */
        public synchronized void letGo() throws IOException {
            if (!over) {
                over = true;
                outer.thaw();
            }
        }

        private void giveUp() {
            try {
                letGo();
            } catch (IOException e) {
                System.err.println(e.getMessage());
            }
        }

        @Override
        public void close() throws IOException {
            letGo();
        }
    }

    // A filesystem that stays frozen holds up whoever touches it, also after this JVM.
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
