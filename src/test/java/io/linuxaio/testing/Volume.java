package io.linuxaio.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A mounted filesystem, which is unmounted when closed or when the JVM exits. Requires root.
 *
 * <p>The names of its files in the directory begin with the name of the filesystem.
 */
public final class Volume implements AutoCloseable {
    private static final String WHY = "can mount a filesystem";
    private static final int SECTOR = 512;

    private final Path path;
    private final LoopDevice device;
    private final Volume below;
    private final Thread unmountAtExit = new Thread(this::unmountAtExit);
    private boolean frozen;
    private boolean mounted = true;

    private Volume(Path path, LoopDevice device, Volume below) {
        this.path = path;
        this.device = device;
        this.below = below;
        Runtime.getRuntime().addShutdownHook(unmountAtExit);
    }

    /** Mounts a ramfs, which does not support direct I/O. */
    public static Volume ramfs(Path directory) throws IOException {
        return inMemory("ramfs", "mode=755", directory);
    }

    /** Mounts a tmpfs of the given size. */
    public static Volume tmpfs(Path directory, int megabytes) throws IOException {
        return inMemory("tmpfs", "size=" + megabytes + "m", directory);
    }

    private static Volume inMemory(String type, String options, Path directory) throws IOException {
        Command.assumeRoot(WHY);
        Path path = Files.createDirectory(directory.resolve(type));
        Command.succeedOrSkip("mount", "-t", type, "-o", options, "none", path.toString());
        return new Volume(path, null, null);
    }

    /** Mounts a small ext4 on a loop device on a file in the directory. */
    public static Volume ext4(Path directory, int megabytes) throws IOException {
        return ext4(directory, megabytes, SECTOR);
    }

    /** Mounts an ext4 on a device with the given sector size in bytes. */
    public static Volume ext4(Path directory, int megabytes, int sectorSize, String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("-q", "-F", "-m", "0"));
        all.addAll(List.of(options));
        return onLoop("ext4", directory, megabytes, sectorSize, all);
    }

    /** Mounts a small xfs; the minimum size is 300 megabytes. */
    public static Volume xfs(Path directory, int megabytes) throws IOException {
        return xfs(directory, megabytes, SECTOR);
    }

    /** Mounts an xfs on a device with the given sector size in bytes. */
    public static Volume xfs(Path directory, int megabytes, int sectorSize) throws IOException {
        return onLoop("xfs", directory, megabytes, sectorSize, List.of("-q", "-f"));
    }

    /** Mounts a btrfs. */
    public static Volume btrfs(Path directory) throws IOException {
        return onLoop("btrfs", directory, 128, SECTOR, List.of("-q", "-f", "--mixed"));
    }

    private static Volume onLoop(String type, Path directory, int megabytes, int sectorSize, List<String> options)
            throws IOException {
        LoopDevice.assumePossible();
        String program = "mkfs." + type;
        Command.assumeInstalled(program);
        Path image = directory.resolve(type + ".image");
        Command.succeed("truncate", "--size=" + megabytes + "M", image.toString());
        try (LoopDevice device = LoopDevice.attach(image, sectorSize)) {
            List<String> make = new ArrayList<>(List.of(program));
            make.addAll(options);
            make.add(device.node().toString());
            Command.succeed(make.toArray(String[]::new));
            Path path = Files.createDirectory(directory.resolve(type));
            Command.succeedOrSkip("mount", device.node().toString(), path.toString());
            return mounted(device, path);
        }
    }

    /** Mounts the filesystem on a device, which is detached with the volume, even after a crash of the JVM. */
    public static Volume mount(LoopDevice device, Path path) throws IOException {
        Files.createDirectories(path);
        Command.succeed("mount", device.node().toString(), path.toString());
        return mounted(device, path);
    }

    private static Volume mounted(LoopDevice device, Path path) throws IOException {
        device.close();
        return new Volume(path, device, null);
    }

    /** Mounts an overlay, as in containers, whose files are on an ext4 of the given size. */
    public static Volume overlay(Path directory, int megabytes) throws IOException {
        Volume below = ext4(directory, megabytes);
        try {
            for (String each : List.of("lower", "upper", "work")) {
                Files.createDirectory(below.path().resolve(each));
            }
            Path path = Files.createDirectory(directory.resolve("overlay"));
            String options = "lowerdir=%1$s/lower,upperdir=%1$s/upper,workdir=%1$s/work".formatted(below.path());
            Command.succeed("mount", "-t", "overlay", "-o", options, "none", path.toString());
            return new Volume(path, null, below);
        } catch (IOException | RuntimeException | Error e) {
            below.close();
            throw e;
        }
    }

    /** Fills a filesystem up, with one more file. */
    public static void fillUp(Path filler) throws IOException {
        byte[] bytes = new byte[4096];
        try (OutputStream output = Files.newOutputStream(filler)) {
            while (true) {
                output.write(bytes);
            }
        } catch (IOException full) {
            if (!String.valueOf(full.getMessage()).contains("No space left")) {
                throw full;
            }
        }
    }

    /** Returns the mount point. */
    public Path path() {
        return path;
    }

    /** Returns the device, or empty if there is none. */
    public Optional<LoopDevice> device() {
        return Optional.ofNullable(device);
    }

    /** Blocks all writes until {@link #thaw}. */
    public synchronized void freeze() throws IOException {
        Command.succeed("fsfreeze", "--freeze", path.toString());
        frozen = true;
    }

    /** Resumes writes. */
    public synchronized void thaw() throws IOException {
        if (frozen) {
            Command.succeed("fsfreeze", "--unfreeze", path.toString());
            frozen = false;
        }
    }

    @Override
    public void close() throws IOException {
        if (!mounted) {
            return;
        }
        thaw();
        unmount();
        mounted = false;
        Runtime.getRuntime().removeShutdownHook(unmountAtExit);
        if (device != null) {
            device.awaitGone();
        }
        if (below != null) {
            below.close();
        }
    }

    private void unmount() throws IOException {
        if (Command.run(List.of("umount", path.toString())).exit() == 0) {
            return;
        }
        // Still in use: it is unmounted when the last user closes it, and the test fails with the message of umount.
        String reason = Command.run(List.of("umount", path.toString())).output();
        Command.run(List.of("umount", "--lazy", path.toString()));
        throw new IOException(reason);
    }

    // For a JVM that is terminated during a test.
    private void unmountAtExit() {
        try {
            Command.run(List.of("umount", "--lazy", path.toString()));
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
    }
}
