package io.linuxaio.testing.fuse;

import io.linuxaio.testing.Command;
import io.linuxaio.testing.LoopDevice;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A volume with simulated power failures: on a loop device on a file of a {@link FaultyFilesystem}, which loses
 * unflushed writes. Requires root.
 */
public final class FailingPower implements AutoCloseable {
    private static final int SECTOR = 512;

    private final FaultyFilesystem faulty;
    private final Path image;
    private final Path mountPoint;
    private Volume volume;

    private FailingPower(FaultyFilesystem faulty, Path image, Path mountPoint) {
        this.faulty = faulty;
        this.image = image;
        this.mountPoint = mountPoint;
    }

    /** Creates an ext4 of the given size, whose blocks have the size of the unit of loss. */
    public static FailingPower ext4(Path directory, int megabytes) throws IOException {
        return make(directory, megabytes, "mkfs.ext4", "-q", "-F", "-b", "4096", "-E", "nodiscard,lazy_itable_init=0");
    }

    /** Creates an xfs. */
    public static FailingPower xfs(Path directory) throws IOException {
        return make(directory, 320, "mkfs.xfs", "-q", "-f", "-K");
    }

    private static FailingPower make(Path directory, int megabytes, String... make) throws IOException {
        LoopDevice.assumePossible();
        Command.assumeInstalled(make[0]);
        FaultyFilesystem faulty = FaultyFilesystem.in(directory);
        try {
            Path image = Files.createFile(faulty.path().resolve("image"));
            Command.succeed("truncate", "--size=" + megabytes + "M", image.toString());
            FailingPower power = new FailingPower(faulty, image, directory.resolve("volume"));
            try (LoopDevice device = LoopDevice.attach(image, SECTOR)) {
                List<String> command = new ArrayList<>(List.of(make));
                command.add(device.node().toString());
                Command.succeed(command.toArray(String[]::new));
                Command.succeed("blockdev", "--flushbufs", device.node().toString());
            }
            power.mount();
            return power;
        } catch (IOException | RuntimeException | Error e) {
            faulty.close();
            throw e;
        }
    }

    private void mount() throws IOException {
        try (LoopDevice device = LoopDevice.attach(image, SECTOR)) {
            volume = Volume.mount(device, mountPoint);
        }
    }

    /** Returns the mount point of the volume. */
    public Path path() {
        return mountPoint;
    }

    /**
     * Simulates a power failure: unflushed writes are lost, in part or all, and all operations fail from now on.
     *
     * @param seed the seed for the choice of lost pages
     * @param keep the percentage of unflushed pages that are kept
     * @return the number of lost pages
     */
    public int fail(long seed, int keep) {
        return faulty.losePower(seed, keep);
    }

    /** As {@link #fail}, at the worst moment: when a flush has been asked for and is not done yet. */
    public int failAtFlush(long seed, int keep) {
        return faulty.losePowerAtFlush(seed, keep);
    }

    /** Restores power and mounts the volume again. None of its files may be open. */
    public void restore() throws IOException {
        volume.close();
        faulty.power();
        mount();
    }

    @Override
    public void close() throws IOException {
        try (FaultyFilesystem _ = faulty) {
            if (volume != null) {
                volume.close();
            }
        }
    }
}
