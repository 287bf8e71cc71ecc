package io.linuxaio.internal.engine;

import io.linuxaio.internal.kernel.Statx;
import java.nio.file.Path;

/**
 * An open file as seen by the engine.
 *
 * @param path the path in messages
 * @param descriptor the descriptor, valid while a use is counted
 * @param granularity the alignment of positions and lengths, in bytes; 1 for none
 * @param appending {@code true} if writes go to the end of the file, whatever their position
 * @param flags the flags that each operation carries
 * @param reads the heuristic for reads with {@code RWF_NOWAIT}
 * @param writes the heuristic for writes with {@code RWF_NOWAIT}
 * @param length the length that the kernel last reported
 * @param device the device that holds the file
 * @param uses the reference count of the operations in flight
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

    /** Creates a file without flags, and of which neither length nor device is known. */
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
