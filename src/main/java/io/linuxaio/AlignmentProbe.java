package io.linuxaio;

import io.linuxaio.internal.kernel.Statx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds out the alignment that direct I/O on a file wants. */
final class AlignmentProbe {
    private static final int PAGE = 4096;

    private AlignmentProbe() {}

    /** Where an alignment comes from. */
    enum Source {
        /** {@code statx(2)} told. */
        STATX("statx"),
        /** The device's logical block size. */
        DEVICE("the device's logical block size"),
        /** Nothing told: the size of a page, which serves all devices known today. */
        ASSUMED("assumed, since neither the filesystem nor a device tells");

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

    /** The alignment, or empty where the kernel says that this file cannot do direct I/O. */
    static Optional<Found> of(Statx status) {
        if (!status.alignmentKnown()) {
            return Optional.of(ofDevice(status.device()));
        }
        if (status.memoryAlignment() == 0 || status.offsetAlignment() == 0) {
            // ext4 would go on through the page cache without a word.
            return Optional.empty();
        }
        return Optional.of(
                new Found(new AioAlignment(status.memoryAlignment(), status.offsetAlignment()), Source.STATX));
    }

    private static Found ofDevice(Statx.Device device) {
        Path node = Path.of("/sys/dev/block", device.major() + ":" + device.minor());
        // A partition has no queue of its own, its disk, the folder above, has.
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
