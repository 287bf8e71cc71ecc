package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.LoopDevice;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.Shutdown;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A filesystem shut down under load: every operation completes, and acknowledged writes survive. */
@OnRealKernel
@Tag("own-volumes")
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class ShutdownIT {
    private static final int TIMES = 3;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @ParameterizedTest
    @EnumSource
    void ext4ShutsDownUnderLoad(Shutdown shutdown) throws Exception {
        shutDownUnderLoad(Volume.ext4(directory, 64, 512, "-b", "4096"), shutdown, true);
    }

    /**
     * While xfs shuts down without its log, its fdatasync(2) can succeed for writes that it then loses. A C program
     * with pwrite and fdatasync alone lost 3 blocks in 60 shutdowns on Linux 6.18. All were acknowledged after the
     * shutdown had begun.
     */
    @ParameterizedTest
    @EnumSource
    void xfsShutsDownUnderLoad(Shutdown shutdown) throws Exception {
        shutDownUnderLoad(Volume.xfs(directory, 320), shutdown, shutdown != Shutdown.WITHOUT_LOG);
    }

    private static void shutDownUnderLoad(Volume made, Shutdown shutdown, boolean lastOnesCount) throws Exception {
        long seed = Seed.next();
        Path path = made.path();
        DurableLoad load = new DurableLoad(path, DurableLoad.GUARANTEES, seed);
        if (!lastOnesCount) {
            load.withoutTheLastOnes();
        }
        Volume volume = made;
        try {
            for (int i = 0; i < TIMES; i++) {
                load.writeUntil(i == 0, () -> shutdown.of(path));
                volume.close();
                volume = mountAgain(volume);
                assertThat(load.countLost()).as("time %d, seed %d", i, seed).isZero();
            }
            assertThat(load.acknowledged()).isGreaterThanOrEqualTo(TIMES * 50);
        } finally {
            volume.close();
        }
    }

    private static Volume mountAgain(Volume volume) throws IOException {
        Path image = volume.device().orElseThrow().image();
        try (LoopDevice device = LoopDevice.attach(image, 512)) {
            return Volume.mount(device, volume.path());
        }
    }
}
