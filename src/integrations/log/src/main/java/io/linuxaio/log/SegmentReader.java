package io.linuxaio.log;

import static java.nio.file.StandardOpenOption.READ;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Reads the groups of one segment, through a window that moves over its file. Used by one thread at a time. */
final class SegmentReader implements AutoCloseable {
    /** A multiple of every alignment. */
    private static final int WINDOW = 1 << 20;

    private final AioFile file;
    private final Path path;
    private final long length;
    private final SegmentHeader header;
    private MemorySegment memory = MemorySegment.NULL;
    private long from;
    private long filled;

    private SegmentReader(AioFile file, Path path, long base) throws IOException {
        this.file = file;
        this.path = path;
        length = file.size();
        header = SegmentHeader.decode(window(0, Math.min(length, SegmentHeader.MIN_BLOCK)), path, base, length);
    }

    /** Opens a segment and checks its header. */
    static SegmentReader open(AioContext aio, Path path, long base) throws IOException {
        AioFile file = aio.open(path, READ);
        try {
            return new SegmentReader(file, path, base);
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    SegmentHeader header() {
        return header;
    }

    Path path() {
        return path;
    }

    /** Returns the position at which the group behind one that ends at a position begins. */
    long next(long end) {
        return header.base() + Layout.roundUp(end - header.base(), header.blockSize());
    }

    /** Returns the valid group that begins at a position; {@code null} if there is none. */
    Group groupAt(long position) throws IOException {
        if (position + Group.HEADER > header.limit()) {
            return null;
        }
        long offset = position - header.base();
        int size = Group.length(window(offset, Group.HEADER), header.id(), position, header.limit());
        if (size == 0) {
            return null;
        }
        Group group = new Group(window(offset, size));
        return group.isValid() ? group : null;
    }

    /** Forgets the bytes that were read, since the file may have others now. */
    void refresh() {
        filled = 0;
    }

    /**
     * Looks behind the end of the records for a group that is there nevertheless: the rest of a torn write, or a sign that
     * records before it were lost.
     *
     * @return the group that proves the most to have been durable; {@code null} if there is none
     */
    Group strayAfter(long end) throws IOException {
        long durable = -1;
        long found = 0;
        for (long at = next(end); at + Group.HEADER <= header.limit(); at += header.blockSize()) {
            Group group = groupAt(at);
            if (group != null && group.durable() > durable) {
                durable = group.durable();
                found = at;
            }
        }
        return durable < 0 ? null : groupAt(found);
    }

    /** Returns bytes of the file, which are valid until the next call. */
    private MemorySegment window(long offset, long size) throws IOException {
        if (offset < from || offset + size > from + filled) {
            read(offset, size);
        }
        return memory.asSlice(offset - from, size);
    }

    private void read(long offset, long size) throws IOException {
        int unit = file.alignment().offset();
        from = offset & -unit;
        filled = 0;
        long wanted = Layout.roundUp(Math.max(WINDOW, offset - from + size), Math.max(unit, SegmentHeader.MIN_BLOCK));
        if (memory.byteSize() < wanted) {
            // Of the collector, since groups that were handed out may still be looked at.
            memory = Arena.ofAuto().allocate(wanted, Math.max(file.alignment().memory(), SegmentHeader.MIN_BLOCK));
        }
        filled = Segment.await(file.read(memory, from));
        if (from + filled < offset + size) {
            throw new IOException(path + ": " + filled + " bytes were read at " + from + ", in a file of " + length);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
