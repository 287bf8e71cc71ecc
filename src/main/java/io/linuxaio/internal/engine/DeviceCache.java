package io.linuxaio.internal.engine;

import io.linuxaio.internal.kernel.Statx.Device;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A cache of what sysfs tells of devices, by device number. An entry is valid for a short time, since another device can get
 * the number of one that was removed. Safe for use by any thread.
 *
 * @param <V> the type of what is remembered
 */
public final class DeviceCache<V> {
    /** The number of devices from which on entries are removed. */
    static final int MOST = 64;

    private final Function<Device, V> probe;
    private final long freshNanos;
    private final LongSupplier clock;
    private final ConcurrentMap<Device, Known<V>> known = new ConcurrentHashMap<>();

    private record Known<V>(V value, long since) {}

    /**
     * @param probe looks at a device
     * @param freshNanos the time for which its result is valid, in nanoseconds
     */
    public DeviceCache(Function<Device, V> probe, long freshNanos) {
        this(probe, freshNanos, System::nanoTime);
    }

    DeviceCache(Function<Device, V> probe, long freshNanos, LongSupplier clock) {
        this.probe = probe;
        this.freshNanos = freshNanos;
        this.clock = clock;
    }

    /** Returns what is known of a device. */
    public V of(Device device) {
        long now = clock.getAsLong();
        Known<V> last = known.get(device);
        if (last != null && now - last.since < freshNanos) {
            return last.value;
        }
        V value = probe.apply(device);
        if (known.size() >= MOST) {
            known.clear();
        }
        known.put(device, new Known<>(value, now));
        return value;
    }
}
