package io.linuxaio.log;

import static io.linuxaio.log.Layout.INT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Memory in which one group is put together, with the futures of its records. Used by one thread at a time. */
final class GroupBuffer {
    /** Bounds the memory for futures, since records may be empty. */
    private static final int MAX_APPENDS = 1 << 16;

    private final MemorySegment memory;
    private final int capacity;
    private List<PendingAppend> appends = new ArrayList<>();
    private int used = Group.HEADER;
    private int records;
    private boolean forced;

    /**
     * Creates a buffer.
     *
     * @param memory aligned memory, by one block longer than a group can be
     * @param capacity the maximum length of a group
     */
    GroupBuffer(MemorySegment memory, int capacity) {
        this.memory = memory;
        this.capacity = capacity;
    }

    boolean isEmpty() {
        return appends.isEmpty();
    }

    boolean fits(long bytes) {
        return used + Group.PREFIX + bytes <= capacity && appends.size() < MAX_APPENDS;
    }

    /** Copies a record that fits. If this fails, for lack of memory or a closed segment, nothing has changed. */
    void add(PendingAppend append, MemorySegment record) {
        int size = (int) record.byteSize();
        MemorySegment.copy(record, 0, memory, used + Group.PREFIX, size);
        append.at(used);
        appends.add(append);
        memory.set(INT, used, size);
        used += Group.PREFIX + size;
        records++;
    }

    /** Adds a request to make all records before it durable. */
    void addSync(PendingAppend sync) {
        appends.add(sync);
        forced = true;
    }

    /** Returns {@code true} if a sync was asked for. */
    boolean isForced() {
        return forced;
    }

    boolean hasRecords() {
        return records > 0;
    }

    /** Returns the length of the group without padding. */
    int length() {
        return used;
    }

    /** Completes the group and returns what is to be written: the group, padded with zeros to whole blocks. */
    MemorySegment seal(SegmentHeader segment, long position, long durable) {
        int padded = (int) Layout.roundUp(used, segment.blockSize());
        memory.asSlice(used, padded - used).fill((byte) 0);
        Group.encodeHeader(memory.asSlice(0, used), segment.id(), position, durable, records);
        return memory.asSlice(0, padded);
    }

    /** Returns the futures, and the emptied list of others in exchange. */
    List<PendingAppend> exchangeAppends(List<PendingAppend> empty) {
        List<PendingAppend> taken = appends;
        appends = empty;
        return taken;
    }

    /** Empties the buffer, except for futures. */
    void clear() {
        used = Group.HEADER;
        records = 0;
        forced = false;
    }
}
