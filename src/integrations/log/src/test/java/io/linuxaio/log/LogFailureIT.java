package io.linuxaio.log;

import static io.linuxaio.log.LogFixture.appendAlone;
import static io.linuxaio.log.LogFixture.bytes;
import static io.linuxaio.log.LogFixture.names;
import static io.linuxaio.log.LogFixture.records;
import static io.linuxaio.log.LogFixture.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.linuxaio.AioException;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.LoopDevice;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import io.linuxaio.testing.fuse.FaultyFilesystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Full disks, failing devices. */
@OnRealKernel
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class LogFailureIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void onAFullDiskAppendsFailReadingGoesOnAndWithSpaceTheLogGoesOn() throws Exception {
        try (Volume volume = Volume.ext4(directory, 16)) {
            Path logDirectory = volume.path().resolve("log");
            Path filler = volume.path().resolve("filler");
            List<String> acknowledged = new ArrayList<>();
            try (LogWriter log = small(logDirectory).open()) {
                acknowledged.addAll(appendNamed(log, 0, 5));
                Volume.fillUp(filler);
                int failures = 0;
                for (int i = 5; failures < 10; i++) {
                    try {
                        acknowledged.addAll(appendNamed(log, i, i + 1));
                    } catch (CompletionException e) {
                        failures++;
                        assertThat(e.getCause())
                                .isInstanceOfSatisfying(
                                        AioException.class,
                                        cause -> assertThat(cause.errnoName()).isEqualTo("ENOSPC"));
                    }
                }
                assertThat(read(log)).isEqualTo(acknowledged);
                assertThat(log.durableUpTo()).isPositive();

                Files.delete(filler);
                acknowledged.addAll(appendNamed(log, 1000, 1050));
                assertThat(read(log)).isEqualTo(acknowledged);
            }
            assertThat(records(logDirectory)).isEqualTo(acknowledged);
        }
    }

    private static List<String> appendNamed(LogWriter log, int from, int to) {
        appendAlone(log, from, to);
        return names(from, to);
    }

    private static List<String> read(LogWriter log) throws IOException {
        List<String> records = new ArrayList<>();
        try (LogReader reader = log.reader(0)) {
            for (var record = reader.next(); record != null; record = reader.next()) {
                records.add(LogExample.text(record));
            }
        }
        return records;
    }

    @Test
    void theLogOpensOnAFullDisk() throws Exception {
        try (Volume volume = Volume.ext4(directory, 16)) {
            Path logDirectory = volume.path().resolve("log");
            try (LogWriter log = small(logDirectory).maxSpares(0).open()) {
                appendAlone(log, 0, 20);
            }
            Volume.fillUp(volume.path().resolve("filler"));
            assertThat(records(logDirectory)).isEqualTo(names(0, 20));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailedSyncEndsTheLog(LogForce force) throws Exception {
        try (FaultyDisk disk = new FaultyDisk(directory)) {
            Path logDirectory = disk.volume.path().resolve("log");
            LogWriter log = small(logDirectory).force(force).open();
            appendAlone(log, 0, 5);
            disk.filesystem.fail("FSYNC", FaultyFilesystem.EIO, 0);
            // The first sync that fails may be the filesystem's own.
            Throwable failure = null;
            int acknowledged = 5;
            while (failure == null) {
                int next = acknowledged;
                failure = catchThrowable(() -> appendAlone(log, next, next + 1));
                acknowledged += failure == null ? 1 : 0;
            }
            assertThat(failure.getCause())
                    .isInstanceOf(LogFailedException.class)
                    .hasMessageContaining("accepts no more records")
                    .hasRootCauseInstanceOf(AioException.class)
                    .rootCause()
                    .hasMessageContaining("EIO");
            for (int i = 0; i < 3; i++) {
                assertThat(log.append(bytes("late")))
                        .failsWithin(Duration.ZERO)
                        .withThrowableThat()
                        .withCauseInstanceOf(LogFailedException.class);
            }
            assertThat(log.sync()).isCompletedExceptionally();
            assertThat(read(log)).isEqualTo(names(0, acknowledged));
            log.close();
            log.close();
            disk.remount();
            assertThat(records(logDirectory)).startsWith(names(0, acknowledged).toArray(String[]::new));
        }
    }

    @Test
    void aFailedSyncOfTheIntervalEndsTheLog() throws Exception {
        try (FaultyDisk disk = new FaultyDisk(directory)) {
            LogWriter log = small(disk.volume.path().resolve("log"))
                    .durability(LogDurability.INTERVAL)
                    .syncInterval(Duration.ofMillis(10))
                    .open();
            disk.filesystem.fail("FSYNC", FaultyFilesystem.EIO, 0);
            Await.until("an append fails", () -> {
                CompletableFuture<Long> append = log.append(bytes("x"));
                return catchThrowable(append::join) != null;
            });
            log.close();
        }
    }

    @Test
    void allPendingAppendsFailIfTheDeviceFails() throws Exception {
        try (FaultyDisk disk = new FaultyDisk(directory)) {
            NumberedLoad load = new NumberedLoad();
            Path logDirectory = disk.volume.path().resolve("log");
            LogWriter log = small(logDirectory).open();
            load.start(log, (_, _) -> {});
            Await.until("records are acknowledged", () -> load.count() > 50);
            disk.filesystem.fail("FSYNC", FaultyFilesystem.EIO, 0);
            load.join();
            log.close();
            disk.remount();
            small(logDirectory).open(load.replay()).close();
            assertThat(load.lost()).isZero();
        }
    }

    @Test
    void aFailureAtClosingIsThrown() throws Exception {
        try (FaultyDisk disk = new FaultyDisk(directory)) {
            LogWriter log = small(disk.volume.path().resolve("log"))
                    .durability(LogDurability.NONE)
                    .open();
            log.append(bytes("x")).join();
            disk.filesystem.losePower(1, 0);
            assertThat(catchThrowable(log::close)).isInstanceOf(LogFailedException.class);
            assertThat(catchThrowable(log::close)).isNull();
            disk.filesystem.power();
        }
    }

    /** A device whose answers are in the hands of the test. */
    private static final class FaultyDisk implements AutoCloseable {
        private static final int SECTOR = 512;

        private final Path directory;
        private final FaultyFilesystem filesystem;
        private Volume volume;

        FaultyDisk(Path directory) throws IOException {
            this.directory = directory;
            LoopDevice.assumePossible();
            Command.assumeInstalled("mkfs.ext4");
            filesystem = FaultyFilesystem.in(directory);
            try {
                Path image = Files.createFile(image());
                Command.succeed("truncate", "--size=32M", image.toString());
                LoopDevice device = LoopDevice.attach(image, SECTOR);
                Command.succeed(
                        "mkfs.ext4",
                        "-q",
                        "-F",
                        "-E",
                        "lazy_itable_init=0,nodiscard",
                        device.node().toString());
                mount(device);
            } catch (Throwable e) {
                filesystem.close();
                throw e;
            }
        }

        private Path image() {
            return filesystem.path().resolve("image");
        }

        private void mount(LoopDevice device) throws IOException {
            volume = Volume.mount(device, directory.resolve("volume"));
        }

        /** Mounts the volume anew, which ext4 makes read-only if its own journal meets the fault. */
        void remount() throws IOException {
            volume.close();
            mount(LoopDevice.attach(image(), SECTOR));
        }

        @Override
        public void close() throws IOException {
            try (filesystem) {
                volume.close();
            }
        }
    }
}
