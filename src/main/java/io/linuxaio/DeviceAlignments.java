package io.linuxaio;

import io.linuxaio.AlignmentProbe.Found;
import io.linuxaio.internal.kernel.Statx.Device;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A cache of the alignments of devices, for kernels that report none for files (before Linux 6.1): without it, each open of a
 * file reads sysfs. Safe for use by any thread.
 *
 * <p>An entry is valid for a tenth of a second, since another device can get the number of one that was removed.
 */
final class DeviceAlignments {
    static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** The number of devices from which on entries are removed. */
    static final int MOST = 64;

    private final Function<Device, Found> probe;
    private final LongSupplier clock;
    private final ConcurrentMap<Device, Known> known = new ConcurrentHashMap<>();

    private record Known(Found found, long since) {}

    /**
     * @param probe finds the alignment of a device
     * @param clock returns the time, in nanoseconds
     */
    DeviceAlignments(Function<Device, Found> probe, LongSupplier clock) {
        this.probe = probe;
        this.clock = clock;
    }

    /** Returns the alignment of a device. */
    Found of(Device device) {
        long now = clock.getAsLong();
        Known last = known.get(device);
        if (last != null && now - last.since < FRESH_NANOS) {
            return last.found;
        }
        Found found = probe.apply(device);
        if (known.size() >= MOST) {
            known.clear();
        }
        known.put(device, new Known(found, now));
        return found;
    }
}
