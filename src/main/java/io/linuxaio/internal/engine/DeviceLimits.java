package io.linuxaio.internal.engine;

import io.linuxaio.internal.kernel.RequestQueue;
import io.linuxaio.internal.kernel.Statx.Device;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/** A registry of the {@link DeviceLimit} of each block device, one for all files and contexts of the process. */
public final class DeviceLimits {
    /** The time for which a description of a device is valid, in nanoseconds. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final DeviceCache<DeviceLimit> BY_NUMBER = new DeviceCache<>(DeviceLimits::describe, FRESH_NANOS);
    private static final ConcurrentMap<String, DeviceLimit> BY_QUEUE = new ConcurrentHashMap<>();

    private DeviceLimits() {}

    /** Returns the limit of the device that holds a file. Reads sysfs, unless it did so within the last second. */
    public static DeviceLimit of(Device device) {
        return BY_NUMBER.of(device);
    }

    private static DeviceLimit describe(Device device) {
        RequestQueue queue = RequestQueue.of(device);
        DeviceLimit limit = BY_QUEUE.computeIfAbsent(queue.name(), _ -> new DeviceLimit(queue));
        limit.describe(queue);
        return limit;
    }
}
