package io.linuxaio;

import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.internal.kernel.Statx;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The specification of an open, translated from open options into the kernel's flags. Contradictory combinations are
 * refused as {@code FileChannel.open} does.
 *
 * @param flags {@code O_*}, without those for creating and for direct I/O
 * @param direct {@code true} if {@code O_DIRECT} is requested
 * @param directIfSupported {@code true} to open buffered if direct I/O is not supported
 * @param creation the behavior if the file exists, or does not
 * @param truncate {@code true} to truncate an existing file to 0 bytes
 * @param readable {@code true} if reads are allowed
 * @param writable {@code true} if writes are allowed
 * @param appending {@code true} if writes go to the end
 * @param followLinks {@code true} if the path may be a symbolic link
 */
record OpenSpec(
        int flags,
        boolean direct,
        boolean directIfSupported,
        Creation creation,
        boolean truncate,
        boolean readable,
        boolean writable,
        boolean appending,
        boolean followLinks) {

    /** The behavior if the file does not exist. */
    enum Creation {
        NEVER,
        IF_ABSENT,
        MUST_BE_NEW
    }

    private static final int DEFAULT_MODE = 0666;

    /** Returns options as a set; duplicates are allowed, as in {@code FileChannel.open}. */
    static Set<OpenOption> set(OpenOption... options) {
        return new HashSet<>(Arrays.asList(options));
    }

    static OpenSpec of(Set<? extends OpenOption> options) {
        for (OpenOption option : options) {
            requireKnown(option);
        }
        boolean appending = options.contains(StandardOpenOption.APPEND);
        boolean writable = appending || options.contains(StandardOpenOption.WRITE);
        boolean readable = options.contains(StandardOpenOption.READ) || !writable;
        boolean truncate = writable && options.contains(StandardOpenOption.TRUNCATE_EXISTING);
        if (appending && readable) {
            throw new IllegalArgumentException("READ and APPEND do not go together");
        }
        if (appending && truncate) {
            throw new IllegalArgumentException("APPEND and TRUNCATE_EXISTING do not go together");
        }
        boolean buffered = options.contains(AioOpenOption.BUFFERED);
        boolean directIfSupported = options.contains(AioOpenOption.DIRECT_IF_SUPPORTED);
        if (buffered && directIfSupported) {
            throw new IllegalArgumentException("BUFFERED and DIRECT_IF_SUPPORTED do not go together");
        }
        boolean followLinks = !options.contains(LinkOption.NOFOLLOW_LINKS);
        // O_NONBLOCK: otherwise the open of a FIFO would wait for its other end, before its type is known.
        int flags = OFlags.CLOSE_ON_EXEC
                | OFlags.NONBLOCK
                | (readable && writable ? OFlags.READ_WRITE : writable ? OFlags.WRITE_ONLY : OFlags.READ_ONLY)
                | (appending ? OFlags.APPEND : 0)
                | (options.contains(StandardOpenOption.SYNC)
                        ? OFlags.SYNC
                        : options.contains(StandardOpenOption.DSYNC) ? OFlags.DSYNC : 0)
                | (followLinks ? 0 : OFlags.NO_FOLLOW);
        return new OpenSpec(
                flags,
                !buffered,
                directIfSupported,
                creation(options, writable),
                truncate,
                readable,
                writable,
                appending,
                followLinks);
    }

    private static Creation creation(Set<? extends OpenOption> options, boolean writable) {
        if (writable && options.contains(StandardOpenOption.CREATE_NEW)) {
            return Creation.MUST_BE_NEW;
        }
        return writable && options.contains(StandardOpenOption.CREATE) ? Creation.IF_ABSENT : Creation.NEVER;
    }

    private static void requireKnown(OpenOption option) {
        if (option == null) {
            throw new NullPointerException("an open option is null");
        }
        if (option == StandardOpenOption.DELETE_ON_CLOSE) {
            throw new UnsupportedOperationException("DELETE_ON_CLOSE is not supported; delete the file after closing");
        }
        if (!(option instanceof StandardOpenOption
                || option instanceof AioOpenOption
                || option instanceof LinkOption)) {
            throw new UnsupportedOperationException("open option not supported: " + option);
        }
    }

    /** Returns the permissions of a new file, from {@code PosixFilePermissions.asFileAttribute}; the default is rw-rw-rw-. */
    static int mode(FileAttribute<?>... attributes) {
        int mode = DEFAULT_MODE;
        for (FileAttribute<?> attribute : attributes) {
            if (!"posix:permissions".equals(attribute.name()) || !(attribute.value() instanceof Set<?> permissions)) {
                throw new UnsupportedOperationException("file attribute not supported: " + attribute.name());
            }
            mode = 0;
            for (Object permission : permissions) {
                mode |= Statx.permissionBit((PosixFilePermission) permission);
            }
        }
        return mode;
    }
}
