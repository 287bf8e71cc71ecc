package io.linuxaio.internal.kernel;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The request queue of a block device, as sysfs describes it. A partition has its disk's. A stack of devices without a
 * queue of its own (LVM, RAID) is described by the smallest queue below it.
 *
 * @param name identifies the device; equal for all that share the queue
 * @param requests how many block requests the kernel has for the device, {@code nr_requests}; the next one waits
 * @param requestBytes the most bytes of a single request, where no two pages are neighbours in memory
 * @param requestSegments the most pieces of memory of a single request
 * @param gapless whether pieces of memory that do not meet at page boundaries need a request each
 */
public record RequestQueue(String name, int requests, long requestBytes, int requestSegments, boolean gapless) {
    /** A BIO holds no more pieces than this ({@code BIO_MAX_VECS}). */
    private static final int MAX_PIECES = 256;

    private static final int PAGE = 4096;
    private static final int MAX_LEVELS = 8;

    // Half of what most drivers offer (BLKDEV_DEFAULT_RQ is 128), for devices that sysfs does not show.
    private static final int ASSUMED_REQUESTS = 64;
    private static final long ASSUMED_BYTES = 256 * 1024L;
    private static final int ASSUMED_SEGMENTS = 64;

    /** Describes the queue of the device that holds a file. */
    public static RequestQueue of(Statx.Device device) {
        return of(Path.of("/sys"), device);
    }

    /** Describes the queue of a device, by the sysfs that is mounted at a directory. */
    static RequestQueue of(Path sys, Statx.Device device) {
        String number = device.major() + ":" + device.minor();
        try {
            return smallest(sys.resolve("dev/block").resolve(number).toRealPath(), MAX_LEVELS);
        } catch (IOException | RuntimeException notShown) {
            // btrfs, overlayfs, NFS, FUSE and tmpfs have numbers of no device; a container may hide sysfs.
            return assumed(number);
        }
    }

    private static RequestQueue assumed(String name) {
        return new RequestQueue(name, ASSUMED_REQUESTS, ASSUMED_BYTES, ASSUMED_SEGMENTS, false);
    }

    private static RequestQueue smallest(Path node, int levels) throws IOException {
        Path disk = Files.isDirectory(node.resolve("queue")) ? node : node.getParent();
        // Without "mq" a device has no requests of its own: nr_requests, if it is there, means nothing.
        if (Files.isDirectory(disk.resolve("mq"))) {
            return ofDisk(disk);
        }
        RequestQueue smallest = null;
        for (Path below : levels == 0 ? List.<Path>of() : below(disk)) {
            RequestQueue queue = smallest(below, levels - 1);
            if (smallest == null || queue.requests < smallest.requests) {
                smallest = queue;
            }
        }
        return smallest != null ? smallest : assumed(disk.toString());
    }

    /** The devices that a device is made of, always in the same order. */
    private static List<Path> below(Path disk) throws IOException {
        Path slaves = disk.resolve("slaves");
        List<Path> devices = new ArrayList<>();
        if (Files.isDirectory(slaves)) {
            try (DirectoryStream<Path> links = Files.newDirectoryStream(slaves)) {
                for (Path link : links) {
                    devices.add(link.toRealPath());
                }
            }
        }
        devices.sort(null);
        return devices;
    }

    private static RequestQueue ofDisk(Path disk) {
        Path queue = disk.resolve("queue");
        int segments = Math.clamp(number(queue, "max_segments", ASSUMED_SEGMENTS), 1, MAX_PIECES);
        long bytes = Math.max(1, number(queue, "max_sectors_kb", ASSUMED_BYTES / 1024)) * 1024;
        return new RequestQueue(
                disk.toString(),
                Math.clamp(number(queue, "nr_requests", ASSUMED_REQUESTS), 1, Integer.MAX_VALUE),
                Math.min(bytes, (long) segments * PAGE),
                segments,
                number(queue, "virt_boundary_mask", 0) != 0);
    }

    private static long number(Path queue, String name, long ifAbsent) {
        try {
            return Long.parseLong(Files.readString(queue.resolve(name)).strip());
        } catch (IOException | NumberFormatException notShown) {
            return ifAbsent;
        }
    }

    /**
     * Estimates how many requests an operation becomes. A file whose blocks lie in many places of the device needs more.
     *
     * @param bytes how many bytes it moves
     * @param segments from or to how many segments of memory
     */
    public int requestsOf(long bytes, int segments) {
        long pieces = gapless ? segments - 1L : (segments - 1L) / requestSegments;
        long whole = bytes <= requestBytes ? 1 : (bytes - 1) / requestBytes + 1;
        return (int) Math.min(whole + pieces, Integer.MAX_VALUE);
    }
}
