package io.linuxaio.powerfailures;

import io.linuxaio.AioFile;
import io.linuxaio.AioRequestFlag;
import io.linuxaio.files.AioWriteOption;
import java.util.BitSet;

/** A way to make records durable, with a file of its own. Records are numbered from 1. */
enum Guarantee {
    /** {@link AioFile#dataSync} after writes that extend the file. */
    DATA_SYNC(Shape.EXTENDED),
    /** {@link AioFile#sync} after writes in a ring. */
    SYNC(Shape.RING),
    /** {@link AioRequestFlag#DSYNC} for writes that extend the file. */
    FLAG_DSYNC(Shape.EXTENDED),
    /** Writes in a ring; the file was opened with {@code DSYNC}. */
    OPENED_WITH_DSYNC(Shape.RING),
    /** {@link AioWriteOption#ATOMIC_REPLACE}: each block of the file contains the same record. */
    ATOMIC_REPLACE(Shape.REPLACED);

    /** The arrangement of records in a file. */
    enum Shape {
        /** One after the other. */
        EXTENDED,
        /** In {@link #SLOTS} slots, which are overwritten in turn. */
        RING,
        /** Only the last one, in {@link #COPIES} blocks. */
        REPLACED
    }

    /** The number of records in a ring. */
    static final int SLOTS = 64;

    /** The largest number of records that are written side by side. */
    static final int MAX_AT_ONCE = 4;

    /** The number of blocks of a replaced file. */
    static final int COPIES = 4;

    private final Shape shape;

    Guarantee(Shape shape) {
        this.shape = shape;
    }

    /** Returns the arrangement of records in its file. */
    Shape shape() {
        return shape;
    }

    /** Returns the position of a record in its file, in bytes. */
    long position(long number) {
        return switch (shape) {
            case EXTENDED -> (number - 1) * DurableRecord.SIZE;
            case RING -> (number - 1) % SLOTS * DurableRecord.SIZE;
            case REPLACED -> 0;
        };
    }

    /**
     * Returns the number of the first record that must be there, of those up to the last acknowledged one. Records after
     * that may have been written in part. In a ring they destroy those in their slots.
     */
    private long firstRequired(long acknowledged) {
        return switch (shape) {
            case EXTENDED -> 1;
            case RING -> Math.max(1, acknowledged - SLOTS + MAX_AT_ONCE + 1);
            case REPLACED -> Math.max(1, acknowledged);
        };
    }

    /** Returns the number of acknowledged records that must be there, and were not overwritten by later ones. */
    long countRequired(long acknowledged) {
        return acknowledged - firstRequired(acknowledged) + 1;
    }

    /**
     * Returns the number of acknowledged records that must be there and are not.
     *
     * @param found the numbers of the whole records that are there
     */
    int countLost(long acknowledged, BitSet found) {
        if (shape == Shape.REPLACED && found.get(Math.toIntExact(acknowledged + 1))) {
            // The next one was complete, although not acknowledged.
            return 0;
        }
        int lost = 0;
        for (long number = firstRequired(acknowledged); number <= acknowledged; number++) {
            lost += found.get(Math.toIntExact(number)) ? 0 : 1;
        }
        return lost;
    }
}
