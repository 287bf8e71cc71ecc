package io.linuxaio.log;

/** The way in which {@link LogDurability#ALWAYS} makes a group durable. Both give the same guarantee. */
public enum LogForce {
    /**
     * A write that is durable when it completes ({@code RWF_DSYNC}): one operation. A device that supports FUA needs no
     * flush, since the blocks of a segment are written before the segment is used.
     */
    DSYNC,

    /** A write, and then fdatasync(2): two operations, and a flush of the device. */
    DATA_SYNC
}
