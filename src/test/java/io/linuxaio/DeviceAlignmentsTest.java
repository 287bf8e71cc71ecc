package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Statx.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A device is looked at once in a tenth of a second, however many of its files are opened. */
class DeviceAlignmentsTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);
    private final List<Device> probed = new ArrayList<>();
    private int blockSize = 512;

    private final DeviceAlignments alignments = new DeviceAlignments(this::probe, now::get);

    private AlignmentProbe.Found probe(Device device) {
        probed.add(device);
        return new AlignmentProbe.Found(new AioAlignment(blockSize, blockSize), AlignmentProbe.Source.DEVICE);
    }

    private int offset(Device device) {
        return alignments.of(device).alignment().offset();
    }

    @Test
    void manyFilesOfADeviceTakeOneLook() {
        for (int i = 0; i < 1000; i++) {
            assertThat(offset(new Device(7, 1))).isEqualTo(512);
        }
        assertThat(probed).hasSize(1);
        assertThat(offset(new Device(7, 2))).isEqualTo(512);
        assertThat(probed).containsExactly(new Device(7, 1), new Device(7, 2));
    }

    @Test
    void aDeviceThatReplacesAnotherIsFoundSoon() {
        offset(new Device(7, 1));
        blockSize = 4096;
        now.addAndGet(DeviceAlignments.FRESH_NANOS - 1);
        assertThat(offset(new Device(7, 1))).isEqualTo(512);
        now.addAndGet(1);
        assertThat(offset(new Device(7, 1))).isEqualTo(4096);
    }

    @Test
    void fewDevicesAreRemembered() {
        for (int i = 0; i <= DeviceAlignments.MOST; i++) {
            offset(new Device(7, i));
        }
        probed.clear();
        offset(new Device(7, DeviceAlignments.MOST));
        offset(new Device(7, 0));
        assertThat(probed).containsExactly(new Device(7, 0));
    }
}
