package io.linuxaio.files;

import io.linuxaio.internal.access.CoreAccess;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The parsed options of a write.
 *
 * @param open the options for opening the file, or the temporary file of a replacement
 * @param append whether all bytes are appended, at the end that the file has when they are written
 * @param keepsRest whether existing bytes that are not overwritten are kept
 * @param dsync whether data and length are durable at the end
 * @param sync whether all other metadata is durable as well
 * @param replaces whether a new file replaces the existing one
 */
record WriteOptions(
        Set<OpenOption> open, boolean append, boolean keepsRest, boolean dsync, boolean sync, boolean replaces) {

    /** The default options of {@code Files.write}. */
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
            // O_EXCL: the temporary file is new, not a link planted by another process.
            open.remove(StandardOpenOption.CREATE);
            open.add(StandardOpenOption.CREATE_NEW);
        }
        // One sync at the end has the effect of one for each block, and takes less time.
        boolean sync = open.remove(StandardOpenOption.SYNC) || replaces;
        boolean dsync = open.remove(StandardOpenOption.DSYNC);
        boolean keepsRest = !truncate && !open.contains(StandardOpenOption.CREATE_NEW);
        open.add(StandardOpenOption.WRITE);
        CoreAccess.core().opensForWriting(open); // throws for invalid options, before any change
        return new WriteOptions(open, append, keepsRest, dsync, sync, replaces);
    }

    /** Returns options as a set; one may be given twice, as to {@code FileChannel.open}. */
    static Set<OpenOption> set(OpenOption... options) {
        return new HashSet<>(Arrays.asList(options));
    }
}
