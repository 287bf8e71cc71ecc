package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Statx.Device;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** One limit for each device of the process. */
class DeviceLimitsTest {
    /** Half of the requests that are assumed for a device that sysfs does not show. */
    private static final int ASSUMED_BOUND = 32;

    /** The largest minor number of a device. */
    private static final int MINORS = 1 << 20;

    @Test
    void allFilesOfADeviceHaveTheSameLimit() {
        // New to this process.
        int minor = ThreadLocalRandom.current().nextInt(MINORS);
        DeviceLimit limit = DeviceLimits.of(new Device(4094, minor));

        assertThat(limit.bound()).isEqualTo(ASSUMED_BOUND);
        assertThat(DeviceLimits.of(new Device(4094, minor))).isSameAs(limit);
        assertThat(DeviceLimits.of(new Device(4095, minor))).isNotSameAs(limit);
    }
}
