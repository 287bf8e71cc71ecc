package io.linuxaio.internal.kernel;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The request queue of a block device, as described by sysfs. A partition has the queue of its disk. Stacked devices
 * without a queue of their own (LVM, RAID) are described by the smallest queue below them.
 *
 * @param name the identity of the queue; equal for all devices that share it
 * @param requests the number of block requests of the device, {@code nr_requests}; a further request waits
 * @param requestBytes the maximum size of a single request in bytes, if no two pages are adjacent in memory
 * @param requestSegments the maximum number of memory segments of a single request
 * @param gapless whether segments that do not meet at page boundaries require a request each
 */
public record RequestQueue(String name, int requests, long requestBytes, int requestSegments, boolean gapless) {
    /** The maximum number of segments of a BIO ({@code BIO_MAX_VECS}). */
    private static final int MAX_PIECES = 256;

    private static final int PAGE = 4096;
    private static final int MAX_LEVELS = 8;

    // Half of the usual number (BLKDEV_DEFAULT_RQ is 128), for devices that sysfs does not show.
    private static final int ASSUMED_REQUESTS = 64;
    private static final long ASSUMED_BYTES = 256 * 1024L;
    private static final int ASSUMED_SEGMENTS = 64;

    /** Returns the queue of the device that holds a file. */
    public static RequestQueue of(Statx.Device device) {
        return of(Path.of("/sys"), device);
    }

    /** Returns the queue of a device, read from the sysfs mounted at a directory. */
    static RequestQueue of(Path sys, Statx.Device device) {
        String number = device.major() + ":" + device.minor();
        try {
            return smallest(sys.resolve("dev/block").resolve(number).toRealPath(), MAX_LEVELS);
        } catch (IOException | RuntimeException notShown) {
            // The numbers of btrfs, overlayfs, NFS, FUSE and tmpfs belong to no device; a container may hide sysfs.
            return assumed(number);
        }
    }

    private static RequestQueue assumed(String name) {
        return new RequestQueue(name, ASSUMED_REQUESTS, ASSUMED_BYTES, ASSUMED_SEGMENTS, false);
    }

    private static RequestQueue smallest(Path node, int levels) throws IOException {
        Path disk = Files.isDirectory(node.resolve("queue")) ? node : node.getParent();
        // Without "mq", a device has no requests of its own: nr_requests, if present, has no meaning.
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

    /** Returns the devices that a device consists of, in a stable order. */
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
     * Estimates the number of requests of an operation. A fragmented file requires more.
     *
     * @param bytes the number of bytes to transfer
     * @param segments the number of memory segments
     */
    public int requestsOf(long bytes, int segments) {
        long pieces = gapless ? segments - 1L : (segments - 1L) / requestSegments;
        long whole = bytes <= requestBytes ? 1 : (bytes - 1) / requestBytes + 1;
        return (int) Math.min(whole + pieces, Integer.MAX_VALUE);
    }
}
