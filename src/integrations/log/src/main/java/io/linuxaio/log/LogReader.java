package io.linuxaio.log;

import io.linuxaio.AioContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.util.function.LongSupplier;

/**
 * Reads the durable records of an open log in order, while others are appended: a follower. It reads the files, so what it
 * returns is what would be there after a power failure.
 *
 * <p>Not safe for use by several threads at once. Each reader has a window of one mebibyte of memory, more if a group is longer.
 */
public final class LogReader implements AutoCloseable {
    private final AioContext aio;
    private final SegmentList segments;
    private final LongSupplier durable;
    private final long from;
    private SegmentHeader header;
    private SegmentReader reader;
    /** The position behind the last group that was read. */
    private long end;

    private Group group;
    private long offset;
    private long position = -1;

    LogReader(AioContext aio, SegmentList segments, LongSupplier durable, long from) throws IOException {
        this.aio = aio;
        this.segments = segments;
        this.durable = durable;
        this.from = from;
        header = segments.containing(from);
        if (header == null) {
            throw discarded(from);
        }
        end = header.first();
    }

    /**
     * Returns the next record.
     *
     * @return its bytes, read-only, valid until the next call; {@code null} if no further record is durable yet
     * @throws LogCorruptException if a durable record is not there any more
     * @throws FileSystemException if the record was discarded meanwhile
     * @throws IOException if the file cannot be read
     */
    public ByteBuffer next() throws IOException {
        do {
            while (group == null || offset == group.bytes().byteSize()) {
                if (!nextGroup()) {
                    return null;
                }
            }
            position = group.position() + offset;
            offset += Group.PREFIX + group.bytes().get(Layout.INT, offset);
        } while (position < from);
        return group.record(position - group.position());
    }

    /**
     * Returns the position of the record that {@link #next} returned last.
     *
     * @return the position; -1 before the first record
     */
    public long position() {
        return position;
    }

    private boolean nextGroup() throws IOException {
        group = null;
        long limit = durable.getAsLong();
        SegmentHeader next = segments.after(header);
        if (next != null && end >= next.previousEnd()) {
            close();
            header = next;
            end = next.first();
        }
        if (end >= limit) {
            return false;
        }
        group = read();
        if (!segments.contains(header)) {
            // Recycled meanwhile: the bytes may be another segment's.
            group = null;
            throw discarded(end);
        }
        if (group == null) {
            long at = reader.next(end);
            throw new LogCorruptException(reader.path(), at, at - header.base(), "a group of records is damaged");
        }
        end = group.end();
        offset = Group.HEADER;
        return true;
    }

    private Group read() throws IOException {
        try {
            if (reader == null) {
                reader = SegmentReader.open(aio, segments.path(header), header.base());
            }
            Group there = reader.groupAt(reader.next(end));
            if (there == null) {
                // The window may be older than the group.
                reader.refresh();
                there = reader.groupAt(reader.next(end));
            }
            return there;
        } catch (IOException e) {
            if (!segments.contains(header)) {
                throw discarded(end);
            }
            throw e;
        }
    }

    private FileSystemException discarded(long wanted) {
        return new FileSystemException(
                null, null, "the log begins at position " + segments.start() + ": " + wanted + " was discarded");
    }

    /** Closes the file that the reader has open. */
    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
