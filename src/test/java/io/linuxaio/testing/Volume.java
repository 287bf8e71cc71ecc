package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A mounted filesystem, unmounted when closed. For root. */
public final class Volume implements AutoCloseable {
    private static final String WHY = "can mount a filesystem";

    private final Path path;
    private boolean frozen;

    private Volume(Path path) {
        this.path = path;
    }

    /** One that has no direct I/O. */
    public static Volume ramfs(Path folder) throws IOException {
        Command.assumeRoot(WHY);
        Path path = Files.createDirectory(folder.resolve("ramfs"));
        Command.succeedOrSkip("mount", "-t", "ramfs", "none", path.toString());
        return new Volume(path);
    }

    /** A small ext4 on a loop device on a file in the folder. */
    public static Volume ext4(Path folder, int megabytes) throws IOException {
        Command.assumeRoot(WHY);
        Command.assumeInstalled("mkfs.ext4");
        Path image = folder.resolve("ext4.image");
        Command.succeed("truncate", "--size=" + megabytes + "M", image.toString());
        Command.succeed("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
        Path path = Files.createDirectory(folder.resolve("ext4"));
        Command.succeedOrSkip("mount", "-o", "loop", image.toString(), path.toString());
        return new Volume(path);
    }

    /** A small xfs, likewise; it cannot be smaller than 300 megabytes. */
    public static Volume xfs(Path folder, int megabytes) throws IOException {
        Command.assumeRoot(WHY);
        Command.assumeInstalled("mkfs.xfs");
        Path image = folder.resolve("xfs.image");
        Command.succeed("truncate", "--size=" + megabytes + "M", image.toString());
        Command.succeed("mkfs.xfs", "-q", "-f", image.toString());
        Path path = Files.createDirectory(folder.resolve("xfs"));
        Command.succeed("mount", "-o", "loop", image.toString(), path.toString());
        return new Volume(path);
    }

    /** Where it is mounted. */
    public Path path() {
        return path;
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
        thaw();
        Command.succeed("umount", path.toString());
    }
}
