package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A block device made of a file. For root. */
public final class LoopDevice implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path image;
    private final Path node;

    private LoopDevice(Path image, Path node) {
        this.image = image;
        this.node = node;
    }

    /** Skips the test where there can be none. */
    public static void assumePossible() throws IOException {
        Command.assumeRoot("can make a loop device");
        Command.assumeInstalled("losetup");
        Command.succeedOrSkip("losetup", "--find");
    }

    /** Makes one of a file, with sectors of so many bytes. */
    public static LoopDevice attach(Path image, int sectorSize) throws IOException {
        String node = Command.succeed(
                "losetup", "--find", "--show", "--sector-size", Integer.toString(sectorSize), image.toString());
        return new LoopDevice(image, Path.of(node.strip()));
    }

    /** Its node in {@code /dev}. */
    public Path node() {
        return node;
    }

    /** The file it is made of. */
    public Path image() {
        return image;
    }

    /** Gives it back: at once where nobody uses it, else when its last user lets go, which for a mount is umount. */
    @Override
    public void close() throws IOException {
        if (isAttached()) {
            Command.succeed("losetup", "--detach", node.toString());
        }
    }

    /**
     * Waits until the kernel has let go of the file. Whoever made a mount namespace of his own meanwhile has the volume
     * in it, too, and keeps it until he ends.
     */
    public void awaitGone() {
        if (!Await.becomes(() -> !isAttached(), PATIENCE)) {
            throw new AssertionError(node + " is still attached to " + image);
        }
    }

    private boolean isAttached() {
        Path attached = Path.of("/sys/block", node.getFileName().toString(), "loop", "backing_file");
        try {
            return Files.readString(attached).strip().equals(image.toRealPath().toString());
        } catch (IOException notThere) {
            return false;
        }
    }

    /** The devices made of files below a folder. */
    public static List<String> below(Path folder) throws IOException {
        return Command.succeed("losetup", "--list", "--noheadings", "--output", "NAME,BACK-FILE")
                .lines()
                .filter(line -> line.contains(folder.toString() + "/"))
                .toList();
    }
}
