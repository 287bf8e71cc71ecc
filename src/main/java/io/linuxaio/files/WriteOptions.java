package io.linuxaio.files;

import io.linuxaio.internal.access.CoreAccess;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * How a whole file is written.
 *
 * @param open with what the file is opened; where it is replaced, the one that takes its place
 * @param append whether all bytes go to the end of the file, wherever that is when they are written
 * @param keepsRest whether bytes that are there and not overwritten stay
 * @param dsync whether data and length are durable in the end
 * @param sync whether all metadata is, too
 * @param replaces whether another file takes the place of the one that is there
 */
record WriteOptions(
        Set<OpenOption> open, boolean append, boolean keepsRest, boolean dsync, boolean sync, boolean replaces) {

    /** What {@code Files.write} does when nothing is said. */
    private static final Set<OpenOption> DEFAULT =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);

    static WriteOptions of(OpenOption... options) {
        Set<OpenOption> open = new HashSet<>(options.length == 0 ? DEFAULT : set(options));
        if (open.contains(StandardOpenOption.READ)) {
            throw new IllegalArgumentException("READ makes no sense for writing a file");
        }
        boolean append = open.contains(StandardOpenOption.APPEND);
        boolean truncate = open.contains(StandardOpenOption.TRUNCATE_EXISTING);
        if (append && truncate) {
            throw new IllegalArgumentException("APPEND and TRUNCATE_EXISTING do not go together");
        }
        boolean replaces = open.remove(AioWriteOption.ATOMIC_REPLACE);
        if (replaces && (append || open.contains(StandardOpenOption.CREATE_NEW))) {
            throw new IllegalArgumentException("ATOMIC_REPLACE goes together neither with APPEND nor with CREATE_NEW");
        }
        if (replaces) {
            // O_EXCL: the temporary file is ours, and no link that somebody has put in its place.
            open.remove(StandardOpenOption.CREATE);
            open.add(StandardOpenOption.CREATE_NEW);
        }
        // One sync at the end does as much as one for each block, and takes less time.
        boolean sync = open.remove(StandardOpenOption.SYNC) || replaces;
        boolean dsync = open.remove(StandardOpenOption.DSYNC);
        boolean keepsRest = !truncate && !open.contains(StandardOpenOption.CREATE_NEW);
        open.add(StandardOpenOption.WRITE);
        CoreAccess.core().opensForWriting(open); // refuses what cannot be, before anything is done
        return new WriteOptions(open, append, keepsRest, dsync, sync, replaces);
    }

    /** Returns options as a set; one may be given twice, as to {@code FileChannel.open}. */
    static Set<OpenOption> set(OpenOption... options) {
        return new HashSet<>(Arrays.asList(options));
    }
}
