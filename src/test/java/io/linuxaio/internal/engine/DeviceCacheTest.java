package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Statx.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A device is looked at once in a short time, however many of its files are opened. */
class DeviceCacheTest {
    private static final long FRESH_NANOS = 100_000_000;

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);
    private final List<Device> probed = new ArrayList<>();
    private int blockSize = 512;

    private final DeviceCache<Integer> blockSizes = new DeviceCache<>(this::probe, FRESH_NANOS, now::get);

    private int probe(Device device) {
        probed.add(device);
        return blockSize;
    }

    @Test
    void manyFilesOfADeviceTakeOneLook() {
        for (int i = 0; i < 1000; i++) {
            assertThat(blockSizes.of(new Device(7, 1))).isEqualTo(512);
        }
        assertThat(probed).hasSize(1);
        assertThat(blockSizes.of(new Device(7, 2))).isEqualTo(512);
        assertThat(blockSizes.of(new Device(7, 1))).isEqualTo(512);
        assertThat(probed).containsExactly(new Device(7, 1), new Device(7, 2));
    }

    @Test
    void aDeviceThatReplacesAnotherIsFoundSoon() {
        blockSizes.of(new Device(7, 1));
        blockSize = 4096;
        now.addAndGet(FRESH_NANOS - 1);
        assertThat(blockSizes.of(new Device(7, 1))).isEqualTo(512);
        now.addAndGet(1);
        assertThat(blockSizes.of(new Device(7, 1))).isEqualTo(4096);
    }

    @Test
    void fewDevicesAreRemembered() {
        for (int i = 0; i <= DeviceCache.MOST; i++) {
            blockSizes.of(new Device(7, i));
        }
        probed.clear();
        blockSizes.of(new Device(7, DeviceCache.MOST));
        blockSizes.of(new Device(7, 0));
        assertThat(probed).containsExactly(new Device(7, 0));
    }
}
