package io.linuxaio;

import io.linuxaio.internal.engine.DeviceCache;
import io.linuxaio.internal.kernel.Statx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A probe for the alignment that direct I/O on a file requires. */
final class AlignmentProbe {
    private static final int PAGE = 4096;

    /** The time for which the alignment of a device is remembered: that of a series of opens, in nanoseconds. */
    private static final long FRESH_NANOS = 100_000_000;

    private AlignmentProbe() {}

    /** Initialized only if a kernel does not report alignments. */
    private static final class Devices {
        static final DeviceCache<Found> ALL = new DeviceCache<>(AlignmentProbe::ofDevice, FRESH_NANOS);
    }

    /** The source of an alignment. */
    enum Source {
        /** {@code statx(2)} reported it. */
        STATX("statx"),
        /** The device's logical block size. */
        DEVICE("the device's logical block size"),
        /** Nothing reported it: the size of a page, which suits all devices known today. */
        ASSUMED("assumed, since neither the filesystem nor a device reports it");

        private final String words;

        Source(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** An alignment and its source. */
    record Found(AioAlignment alignment, Source source) {}

    /** Returns the alignment, or empty if the kernel reports that this file does not support direct I/O. */
    static Optional<Found> of(Statx status) {
        if (!status.alignmentKnown()) {
            return Optional.of(Devices.ALL.of(status.device()));
        }
        if (status.memoryAlignment() == 0 || status.offsetAlignment() == 0) {
            // ext4 would silently use the page cache.
            return Optional.empty();
        }
        return Optional.of(
                new Found(new AioAlignment(status.memoryAlignment(), status.offsetAlignment()), Source.STATX));
    }

    private static Found ofDevice(Statx.Device device) {
        Path node = Path.of("/sys/dev/block", device.major() + ":" + device.minor());
        // A partition has no queue; its disk, the parent directory, has one.
        for (Path queue : new Path[] {node.resolve("queue"), node.resolve("../queue")}) {
            try {
                int size = Integer.parseInt(Files.readAllLines(queue.resolve("logical_block_size"))
                        .getFirst()
                        .strip());
                return new Found(new AioAlignment(size, size), Source.DEVICE);
            } catch (IOException | IllegalArgumentException notThere) {
                // Filesystems without a device of their own have no such entry.
            }
        }
        return new Found(new AioAlignment(PAGE, PAGE), Source.ASSUMED);
    }
}
