package io.linuxaio.powerfailures;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A log of the writes, flushes and discards of a disk, in the order in which they were done. Its format is that of the
 * kernel's device mapper target log-writes, as QEMU's driver blklogwrites writes it.
 */
final class WriteLog {
    /** The size of a sector of the disk and of the log, in bytes. */
    static final int SECTOR = 512;

    /** The magic number at its beginning. */
    static final long MAGIC = 0x6a736677736872L;

    static final long FLUSH = 1;
    static final long FUA = 2;
    static final long DISCARD = 4;
    static final long MARK = 8;

    private static final long VERSION = 1;
    private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    /**
     * A request that was done.
     *
     * @param sector the first sector on the disk
     * @param sectors the number of sectors
     * @param flags a sum of {@link #FLUSH}, {@link #FUA}, {@link #DISCARD} and {@link #MARK}
     * @param data the bytes to be written; empty for a discard
     */
    record Entry(long sector, long sectors, long flags, MemorySegment data) {
        /** Returns {@code true} if this changes the disk. */
        boolean isWrite() {
            return sectors > 0;
        }

        /** Returns {@code true} if this makes the writes before it durable. */
        boolean isFlush() {
            return (flags & FLUSH) != 0;
        }

        /** Returns {@code true} if this is durable without a flush. */
        boolean isDurable() {
            return (flags & FUA) != 0;
        }

        /** Returns {@code true} if this is a discard, after which the sectors are zero. */
        boolean isDiscard() {
            return (flags & DISCARD) != 0;
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    /**
     * Parses a log.
     *
     * @throws IOException if it has another format, or ends too early
     */
    WriteLog(MemorySegment log) throws IOException {
        require(log.byteSize() >= SECTOR, "it has no superblock");
        require(log.get(LONG, 0) == MAGIC, "its magic number is wrong");
        require(log.get(LONG, 8) == VERSION, "its version is unknown");
        require(log.get(INT, 24) == SECTOR, "its sectors do not have 512 bytes");
        long count = log.get(LONG, 16);
        long at = SECTOR;
        for (long i = 0; i < count; i++) {
            require(log.byteSize() - at >= SECTOR, "it ends before entry " + i);
            long sector = log.get(LONG, at);
            long sectors = log.get(LONG, at + 8);
            long flags = log.get(LONG, at + 16);
            require((flags & ~(FLUSH | FUA | DISCARD | MARK)) == 0, "unknown flags in entry " + i);
            require(sector >= 0 && sectors >= 0 && sectors < Long.MAX_VALUE / SECTOR, "no sectors in entry " + i);
            at += SECTOR;
            long length = (flags & DISCARD) != 0 ? 0 : sectors * SECTOR;
            require(log.byteSize() - at >= length, "it ends in the data of entry " + i);
            entries.add(new Entry(sector, sectors, flags, log.asSlice(at, length)));
            at += length;
        }
    }

    private static void require(boolean condition, String otherwise) throws IOException {
        if (!condition) {
            throw new IOException("The write log cannot be read: " + otherwise);
        }
    }

    /** Returns the number of entries. */
    int size() {
        return entries.size();
    }

    /** Returns an entry. */
    Entry get(int index) {
        return entries.get(index);
    }

    /** Returns the last flush before an entry, or 0 if there is none. */
    int lastFlushBefore(int index) {
        for (int i = index - 1; i > 0; i--) {
            if (entries.get(i).isFlush()) {
                return i;
            }
        }
        return 0;
    }
}
