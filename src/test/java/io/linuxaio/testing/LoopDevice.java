package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A loop device, a block device on a file. Requires root. */
public final class LoopDevice implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path image;
    private final Path node;

    private LoopDevice(Path image, Path node) {
        this.image = image;
        this.node = node;
    }

    /** Skips the test if loop devices are not available. */
    public static void assumePossible() throws IOException {
        Command.assumeRoot("can create a loop device");
        Command.assumeInstalled("losetup");
        Command.succeedOrSkip("losetup", "--find");
    }

    /** Attaches a device to a file, with sectors of the given size in bytes. */
    public static LoopDevice attach(Path image, int sectorSize) throws IOException {
        String node = Command.succeed(
                "losetup", "--find", "--show", "--sector-size", Integer.toString(sectorSize), image.toString());
        return new LoopDevice(image, Path.of(node.strip()));
    }

    /** Returns the node in {@code /dev}. */
    public Path node() {
        return node;
    }

    /** Returns the file below the device. */
    public Path image() {
        return image;
    }

    /** Detaches the device: immediately if it is unused, otherwise when its last user closes or unmounts it. */
    @Override
    public void close() throws IOException {
        if (isAttached()) {
            Command.succeed("losetup", "--detach", node.toString());
        }
    }

    /**
     * Waits until the kernel has released the file. A process that created a mount namespace meanwhile has the volume
     * in it and keeps it until the process exits.
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

    /** Returns the devices on files below a directory. */
    public static List<String> below(Path directory) throws IOException {
        return Command.succeed("losetup", "--list", "--noheadings", "--output", "NAME,BACK-FILE")
                .lines()
                .filter(line -> line.contains(directory.toString() + "/"))
                .toList();
    }
}
