package io.linuxaio.bench;

import java.nio.file.Path;

/**
 * The settings of a journal.
 *
 * @param path a file that has all of its blocks
 * @param blocks the number of blocks in the file, which are written again and again
 * @param inFlight the maximum number of blocks that are not acknowledged
 * @param syncs {@code true} if the polling thread calls fdatasync(2) before it acknowledges what it has polled
 */
public record JournalCase(Path path, int blocks, int inFlight, boolean syncs) {
    /** The size of a block, in bytes. */
    public static final int BLOCK = 4096;
}
