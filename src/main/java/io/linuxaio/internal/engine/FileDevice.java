package io.linuxaio.internal.engine;

import io.linuxaio.internal.kernel.Statx.Device;

/** The device that holds an open file, and its limit from when it is first asked for. Safe for use by any thread. */
public final class FileDevice {
    private final Device device;
    private volatile DeviceLimit limit;

    /** Makes one for the device that {@code statx} named. */
    public FileDevice(Device device) {
        this.device = device;
    }

    /** Makes one with a limit that is known. */
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
}
