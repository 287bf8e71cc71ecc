package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A mounted filesystem, unmounted when closed, or when the JVM ends. For root.
 *
 * <p>Names of what it puts into its folder begin with the filesystem's.
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

    /** One that has no direct I/O. */
    public static Volume ramfs(Path folder) throws IOException {
        return inMemory("ramfs", "mode=755", folder);
    }

    /** One in memory, of so many megabytes. */
    public static Volume tmpfs(Path folder, int megabytes) throws IOException {
        return inMemory("tmpfs", "size=" + megabytes + "m", folder);
    }

    private static Volume inMemory(String type, String options, Path folder) throws IOException {
        Command.assumeRoot(WHY);
        Path path = Files.createDirectory(folder.resolve(type));
        Command.succeedOrSkip("mount", "-t", type, "-o", options, "none", path.toString());
        return new Volume(path, null, null);
    }

    /** A small ext4 on a loop device on a file in the folder. */
    public static Volume ext4(Path folder, int megabytes) throws IOException {
        return ext4(folder, megabytes, SECTOR);
    }

    /** An ext4 on a device of sectors of so many bytes. */
    public static Volume ext4(Path folder, int megabytes, int sectorSize, String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("-q", "-F", "-m", "0"));
        all.addAll(List.of(options));
        return onLoop("ext4", folder, megabytes, sectorSize, all);
    }

    /** A small xfs, likewise; it cannot be smaller than 300 megabytes. */
    public static Volume xfs(Path folder, int megabytes) throws IOException {
        return xfs(folder, megabytes, SECTOR);
    }

    /** An xfs on a device of sectors of so many bytes. */
    public static Volume xfs(Path folder, int megabytes, int sectorSize) throws IOException {
        return onLoop("xfs", folder, megabytes, sectorSize, List.of("-q", "-f"));
    }

    /** A btrfs. */
    public static Volume btrfs(Path folder) throws IOException {
        return onLoop("btrfs", folder, 128, SECTOR, List.of("-q", "-f", "--mixed"));
    }

    private static Volume onLoop(String type, Path folder, int megabytes, int sectorSize, List<String> options)
            throws IOException {
        LoopDevice.assumePossible();
        String program = "mkfs." + type;
        Command.assumeInstalled(program);
        Path image = folder.resolve(type + ".image");
        Command.succeed("truncate", "--size=" + megabytes + "M", image.toString());
        try (LoopDevice device = LoopDevice.attach(image, sectorSize)) {
            List<String> make = new ArrayList<>(List.of(program));
            make.addAll(options);
            make.add(device.node().toString());
            Command.succeed(make.toArray(String[]::new));
            Path path = Files.createDirectory(folder.resolve(type));
            Command.succeedOrSkip("mount", device.node().toString(), path.toString());
            return mounted(device, path);
        }
    }

    /** Mounts what is on a device, which goes when the volume does: also where nobody is left to give it back. */
    public static Volume mount(LoopDevice device, Path path) throws IOException {
        Files.createDirectories(path);
        Command.succeed("mount", device.node().toString(), path.toString());
        return mounted(device, path);
    }

    private static Volume mounted(LoopDevice device, Path path) throws IOException {
        device.close();
        return new Volume(path, device, null);
    }

    /** An overlay, as containers have it, whose files stand on an ext4 of so many megabytes. */
    public static Volume overlay(Path folder, int megabytes) throws IOException {
        Volume below = ext4(folder, megabytes);
        try {
            for (String each : List.of("lower", "upper", "work")) {
                Files.createDirectory(below.path().resolve(each));
            }
            Path path = Files.createDirectory(folder.resolve("overlay"));
            String options = "lowerdir=%1$s/lower,upperdir=%1$s/upper,workdir=%1$s/work".formatted(below.path());
            Command.succeed("mount", "-t", "overlay", "-o", options, "none", path.toString());
            return new Volume(path, null, below);
        } catch (IOException | RuntimeException | Error e) {
            below.close();
            throw e;
        }
    }

    /** Where it is mounted. */
    public Path path() {
        return path;
    }

    /** The device it is on; empty where it is on none. */
    public Optional<LoopDevice> device() {
        return Optional.ofNullable(device);
    }

    /** Lets every write wait, until {@link #thaw}. */
    public synchronized void freeze() throws IOException {
        Command.succeed("fsfreeze", "--freeze", path.toString());
        frozen = true;
    }

    /** Lets writes go on. */
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
        // Somebody still uses it: it goes when they let go, and the test fails with what umount says.
        String reason = Command.run(List.of("umount", path.toString())).output();
        Command.run(List.of("umount", "--lazy", path.toString()));
        throw new IOException(reason);
    }

    // A JVM that is told to end in the middle of a test.
    private void unmountAtExit() {
        try {
            Command.run(List.of("umount", "--lazy", path.toString()));
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
    }
}
