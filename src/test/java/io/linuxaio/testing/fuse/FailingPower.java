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
 * A volume whose power can fail: on a loop device on a file of a lying filesystem, which loses what was written and not
 * flushed. For root.
 */
public final class FailingPower implements AutoCloseable {
    private static final int SECTOR = 512;

    private final FaultyFilesystem lying;
    private final Path image;
    private final Path mountPoint;
    private Volume volume;

    private FailingPower(FaultyFilesystem lying, Path image, Path mountPoint) {
        this.lying = lying;
        this.image = image;
        this.mountPoint = mountPoint;
    }

    /** Makes an ext4 of so many megabytes, with blocks of the size of those that are lost or not. */
    public static FailingPower ext4(Path folder, int megabytes) throws IOException {
        return make(folder, megabytes, "mkfs.ext4", "-q", "-F", "-b", "4096", "-E", "nodiscard,lazy_itable_init=0");
    }

    /** Makes an xfs. */
    public static FailingPower xfs(Path folder) throws IOException {
        return make(folder, 320, "mkfs.xfs", "-q", "-f", "-K");
    }

    private static FailingPower make(Path folder, int megabytes, String... make) throws IOException {
        LoopDevice.assumePossible();
        Command.assumeInstalled(make[0]);
        FaultyFilesystem lying = FaultyFilesystem.in(folder);
        try {
            Path image = Files.createFile(lying.path().resolve("image"));
            Command.succeed("truncate", "--size=" + megabytes + "M", image.toString());
            FailingPower power = new FailingPower(lying, image, folder.resolve("volume"));
            try (LoopDevice device = LoopDevice.attach(image, SECTOR)) {
                List<String> command = new ArrayList<>(List.of(make));
                command.add(device.node().toString());
                Command.succeed(command.toArray(String[]::new));
                Command.succeed("blockdev", "--flushbufs", device.node().toString());
            }
            power.mount();
            return power;
        } catch (IOException | RuntimeException | Error e) {
            lying.close();
            throw e;
        }
    }

    private void mount() throws IOException {
        try (LoopDevice device = LoopDevice.attach(image, SECTOR)) {
            volume = Volume.mount(device, mountPoint);
        }
    }

    /** Where the volume is mounted. */
    public Path path() {
        return mountPoint;
    }

    /**
     * The power fails: what was not flushed is lost, in part or all, and everything fails from now on.
     *
     * @param seed of the choice of what is lost
     * @param keep how many pages of a hundred are not lost nevertheless
     * @return how many pages were lost
     */
    public int fail(long seed, int keep) {
        return lying.losePower(seed, keep);
    }

    /** As {@link #fail}, at the worst moment: when a flush has been asked for and is not done yet. */
    public int failAtFlush(long seed, int keep) {
        return lying.losePowerAtFlush(seed, keep);
    }

    /** The power comes back, and the volume is mounted again. No file of it may be open. */
    public void restore() throws IOException {
        volume.close();
        lying.power();
        mount();
    }

    @Override
    public void close() throws IOException {
        try (FaultyFilesystem _ = lying) {
            if (volume != null) {
                volume.close();
            }
        }
    }
}
