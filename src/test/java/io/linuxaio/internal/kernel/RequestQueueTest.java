package io.linuxaio.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device's request queue, from a sysfs made of ordinary files. */
class RequestQueueTest {
    @TempDir(factory = TargetDirectory.class)
    Path sys;

    private Path device(String name, String number) throws IOException {
        Path device = Files.createDirectories(sys.resolve("devices").resolve(name));
        Files.createDirectories(device.resolve("queue"));
        Path numbers = Files.createDirectories(sys.resolve("dev/block"));
        Files.createSymbolicLink(numbers.resolve(number), device);
        return device;
    }

    private Path disk(String name, String number, int requests) throws IOException {
        Path disk = device(name, number);
        Files.createDirectories(disk.resolve("mq"));
        set(disk, "nr_requests", requests);
        set(disk, "max_sectors_kb", 512);
        set(disk, "max_segments", 64);
        set(disk, "virt_boundary_mask", 0);
        return disk;
    }

    private static void set(Path device, String name, long value) throws IOException {
        Files.writeString(device.resolve("queue").resolve(name), value + "\n");
    }

    private void stack(Path upper, List<Path> lower) throws IOException {
        Path slaves = Files.createDirectories(upper.resolve("slaves"));
        for (Path below : lower) {
            Files.createSymbolicLink(slaves.resolve(below.getFileName()), below);
        }
    }

    private RequestQueue of(int major, int minor) {
        return RequestQueue.of(sys, new Statx.Device(major, minor));
    }

    @Test
    void aDiskHasItsOwnRequests() throws IOException {
        disk("sda", "8:0", 100);

        RequestQueue queue = of(8, 0);

        assertThat(queue.name()).endsWith("/sda");
        assertThat(queue.requests()).isEqualTo(100);
        assertThat(queue.requestSegments()).isEqualTo(64);
        // Each page may be a piece of its own.
        assertThat(queue.requestBytes()).isEqualTo(64 * 4096);
        assertThat(queue.gapless()).isFalse();
    }

    @Test
    void aPartitionHasTheRequestsOfItsDisk() throws IOException {
        Path disk = disk("sda", "8:0", 100);
        Path partition = Files.createDirectories(disk.resolve("sda1"));
        Files.createSymbolicLink(sys.resolve("dev/block/8:1"), partition);

        assertThat(of(8, 1)).isEqualTo(of(8, 0));
    }

    @Test
    void aStackedDeviceHasTheSmallestNumberBelowIt() throws IOException {
        Path large = disk("sda", "8:0", 100);
        Path small = disk("sdb", "8:16", 30);
        Path raid = device("md0", "9:0");
        // Older kernels show a number that limits nothing.
        set(raid, "nr_requests", 4);
        stack(raid, List.of(large, small));
        stack(device("dm-0", "252:0"), List.of(raid));

        assertThat(of(252, 0)).isEqualTo(of(8, 16));
    }

    @Test
    void aStackedDeviceWithItsOwnRequestsHasThose() throws IOException {
        Path multipath = disk("dm-1", "252:1", 50);
        stack(multipath, List.of(disk("sda", "8:0", 100)));

        assertThat(of(252, 1).requests()).isEqualTo(50);
    }

    @Test
    void fewRequestsAreAssumedIfSysfsShowsNone() throws IOException {
        device("zram0", "253:0");
        Path odd = disk("sdc", "8:32", 1);
        set(odd, "nr_requests", -7);
        Files.writeString(odd.resolve("queue/max_segments"), "many");

        assertThat(of(0, 42).name()).isEqualTo("0:42");
        assertThat(of(0, 42).requests()).isEqualTo(64);
        assertThat(of(253, 0).requests()).isEqualTo(64);
        assertThat(of(8, 32).requests()).isEqualTo(1);
        assertThat(of(8, 32).requestSegments()).isEqualTo(64);
    }

    @Test
    void aLoopOfDevicesTerminates() throws IOException {
        Path one = device("dm-0", "252:0");
        Path other = device("dm-1", "252:1");
        stack(one, List.of(other));
        stack(other, List.of(one));

        assertThat(of(252, 0).requests()).isEqualTo(64);
    }

    @Test
    void aLongOrScatteredOperationCountsAsSeveralRequests() {
        RequestQueue queue = new RequestQueue("some", 100, 1000, 10, false);
        RequestQueue gapless = new RequestQueue("some", 100, 1000, 10, true);

        assertThat(queue.requestsOf(1, 1)).isEqualTo(1);
        assertThat(queue.requestsOf(1000, 10)).isEqualTo(1);
        assertThat(queue.requestsOf(1001, 1)).isEqualTo(2);
        assertThat(queue.requestsOf(10_000, 1)).isEqualTo(10);
        assertThat(queue.requestsOf(1000, 11)).isEqualTo(2);
        assertThat(gapless.requestsOf(1000, 10)).isEqualTo(10);
        assertThat(new RequestQueue("some", 1, 1, 1, true).requestsOf(1L << 40, 1024))
                .isEqualTo(Integer.MAX_VALUE);
    }
}
