package io.linuxaio.internal.engine;

import io.linuxaio.internal.kernel.Statx;
import java.nio.file.Path;

/**
 * What the engine knows of a file.
 *
 * @param path what it is called in messages
 * @param descriptor its descriptor, valid as long as a use of it is counted
 * @param granularity the unit in which the kernel takes positions and lengths, in bytes; 1 where any will do
 * @param appending whether writes go to the file's end, wherever they are aimed at
 * @param flags travel with each operation
 * @param reads what became of attempts to submit reads without blocking
 * @param writes what became of attempts to submit writes without blocking
 * @param length how long it was when the kernel was last asked
 * @param device the device that holds it
 * @param uses the operations in flight on it
 */
public record OpenFile(
        Path path,
        int descriptor,
        int granularity,
        boolean appending,
        RequestFlags flags,
        NowaitHeuristic reads,
        NowaitHeuristic writes,
        KnownLength length,
        FileDevice device,
        RefCount uses) {

    private static final FileDevice UNKNOWN = new FileDevice(new Statx.Device(0, 0));

    /** A file whose operations carry nothing special, and that nothing is known of yet. */
    public OpenFile(Path path, int descriptor, int granularity, boolean appending, RefCount uses) {
        this(
                path,
                descriptor,
                granularity,
                appending,
                RequestFlags.NONE,
                new NowaitHeuristic(),
                new NowaitHeuristic(),
                new KnownLength(),
                UNKNOWN,
                uses);
    }
}
