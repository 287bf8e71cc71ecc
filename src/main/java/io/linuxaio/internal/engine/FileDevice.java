package io.linuxaio.internal.engine;

import io.linuxaio.internal.kernel.Statx.Device;

/** The device that holds an open file, with its limit, which is looked up lazily. Safe for use by any thread. */
public final class FileDevice {
    private final Device device;
    private volatile DeviceLimit limit;

    /** Creates one for the device that {@code statx} reported. */
    public FileDevice(Device device) {
        this.device = device;
    }

    /** Creates one with a known limit. */
    FileDevice(DeviceLimit limit) {
        this.device = null;
        this.limit = limit;
    }

    /** Returns the limit of the device. */
    public DeviceLimit limit() {
        DeviceLimit known = limit;
        if (known == null) {
            known = DeviceLimits.of(device);
            limit = known;
        }
        return known;
    }

    /** Returns {@code true} if the other one describes the same device. Allocates nothing. */
    public boolean isSame(FileDevice other) {
        // Not equals, whose bootstrap at the first call would require memory.
        return this == other
                || (device != null
                        && other.device != null
                        && device.major() == other.device.major()
                        && device.minor() == other.device.minor());
    }
}
