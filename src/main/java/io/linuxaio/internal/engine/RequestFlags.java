package io.linuxaio.internal.engine;

/**
 * What an iocb says beside what to do.
 *
 * @param ofReads {@code aio_rw_flags} of reads
 * @param ofWrites {@code aio_rw_flags} of writes
 * @param priority {@code aio_reqprio}, or {@link #NO_PRIORITY}
 */
public record RequestFlags(int readFlags, int writeFlags, short priority) {
    /** The priority of the thread that submits. */
    public static final short NO_PRIORITY = -1;

    /** Nothing special. */
    public static final RequestFlags NONE = new RequestFlags(0, 0, NO_PRIORITY);
}
