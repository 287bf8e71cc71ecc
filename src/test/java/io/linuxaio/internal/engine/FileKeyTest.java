package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.internal.kernel.Statx;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The identities of files and of devices. */
class FileKeyTest {
    @Test
    void filesOfTheSameInodeAreTheSame() {
        FakeKernel kernel = new FakeKernel();
        int one = open(kernel, "/fake/one");
        int again = open(kernel, "/fake/one");
        int other = open(kernel, "/fake/other");

        assertThat(FileKey.of(Statx.of(kernel, one))).isEqualTo(FileKey.of(Statx.of(kernel, again)));
        assertThat(FileKey.of(Statx.of(kernel, one))).isNotEqualTo(FileKey.of(Statx.of(kernel, other)));
    }

    private static int open(FakeKernel kernel, String path) {
        return kernel.open(path.getBytes(StandardCharsets.UTF_8), OFlags.READ_WRITE | OFlags.CREATE, 0600);
    }

    /** A device may have several nodes, each with an inode of its own. */
    @Test
    void blockDevicesOfTheSameNumberAreTheSame() {
        assertThat(FileKey.of(FileHandleFixture.blockDevice(8, 1))).isEqualTo(new FileKey(true, 8, 1, 0));
        assertThat(FileKey.of(FileHandleFixture.blockDevice(8, 1)))
                .isNotEqualTo(FileKey.of(FileHandleFixture.blockDevice(8, 2)));
    }

    @Test
    void theTextHasTheNumbers() {
        assertThat(new FileKey(true, 259, 7, 0)).hasToString("(rdev=259:7)");
        assertThat(new FileKey(false, 8, 1, -1)).hasToString("(dev=8:1,ino=18446744073709551615)");
    }

    @Test
    void devicesAreComparedByBothNumbers() {
        FileDevice device = new FileDevice(new Statx.Device(8, 1));

        assertThat(device.isSame(device)).isTrue();
        assertThat(device.isSame(new FileDevice(new Statx.Device(8, 1)))).isTrue();
        assertThat(device.isSame(new FileDevice(new Statx.Device(8, 2)))).isFalse();
        assertThat(device.isSame(new FileDevice(new Statx.Device(9, 1)))).isFalse();
    }

    @Test
    void aDeviceWithoutANumberIsTheSameAsItself() {
        DeviceLimit limit = new FileDevice(new Statx.Device(0, 77)).limit();
        FileDevice anonymous = new FileDevice(limit);

        assertThat(anonymous.limit()).isSameAs(limit);
        assertThat(anonymous.isSame(anonymous)).isTrue();
        assertThat(anonymous.isSame(new FileDevice(limit))).isFalse();
        assertThat(anonymous.isSame(new FileDevice(new Statx.Device(0, 77)))).isFalse();
        assertThat(new FileDevice(new Statx.Device(0, 77)).isSame(anonymous)).isFalse();
    }

    /** The devices are some that sysfs does not show. */
    @Test
    void allFilesOfADeviceShareItsLimit() {
        // Limits are known for the rest of the process.
        int minor = 2 * (int) (System.nanoTime() & 0xf_ffff);
        FileDevice one = new FileDevice(new Statx.Device(0, minor));
        FileDevice again = new FileDevice(new Statx.Device(0, minor));
        FileDevice other = new FileDevice(new Statx.Device(0, minor + 1));

        assertThat(one.limit()).isNotNull().isSameAs(one.limit()).isSameAs(again.limit());
        assertThat(other.limit()).isNotNull().isNotSameAs(one.limit());
        assertThat(one.limit().bound()).isEqualTo(32);
        assertThat(one.limit()).hasToString("0:" + minor + ": 0 of 32 requests in flight, 0 held back");
    }
}
