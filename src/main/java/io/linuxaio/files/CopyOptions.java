package io.linuxaio.files;

import io.linuxaio.AioOpenOption;
import io.linuxaio.internal.access.CoreAccess;
import java.nio.file.CopyOption;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The parsed options of a copy.
 *
 * @param toRead the options for opening the source
 * @param toWrite the options for opening the new file
 * @param replace whether an existing target is replaced
 * @param attributes whether the source's attributes are copied
 * @param dsync whether data, length and name are durable at the end
 * @param sync whether all other metadata is durable as well
 * @param reflink whether the copy shares the data of the source if that is possible
 */
record CopyOptions(
        Set<OpenOption> toRead,
        Set<OpenOption> toWrite,
        boolean replace,
        boolean attributes,
        boolean dsync,
        boolean sync,
        boolean reflink) {

    static CopyOptions of(CopyOption... options) {
        Set<CopyOption> given = new HashSet<>(Arrays.asList(options));
        Set<OpenOption> toRead = new HashSet<>(Set.of(StandardOpenOption.READ));
        Set<OpenOption> toWrite = new HashSet<>(Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW));
        for (CopyOption option : given) {
            switch (option) {
                case null -> throw new NullPointerException("a copy option is null");
                case LinkOption link -> toRead.add(link);
                case AioOpenOption how -> {
                    toRead.add(how);
                    toWrite.add(how);
                }
                case AioCopyOption _ -> {}
                case StandardCopyOption standard when standard != StandardCopyOption.ATOMIC_MOVE -> {}
                default -> throw new UnsupportedOperationException("copy option not supported: " + option);
            }
        }
        CoreAccess.core().opensForWriting(toRead); // throws for invalid options, before any change
        return new CopyOptions(
                toRead,
                toWrite,
                given.contains(StandardCopyOption.REPLACE_EXISTING),
                given.contains(StandardCopyOption.COPY_ATTRIBUTES),
                given.contains(AioCopyOption.DSYNC),
                given.contains(AioCopyOption.SYNC),
                given.contains(AioCopyOption.REFLINK));
    }

    /** Returns {@code true} if the copy is synced. */
    boolean syncs() {
        return dsync || sync;
    }
}
