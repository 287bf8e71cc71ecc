package io.linuxaio.internal.engine;

/**
 * The flags and the priority of an iocb.
 *
 * @param readFlags {@code aio_rw_flags} of reads
 * @param writeFlags {@code aio_rw_flags} of writes
 * @param priority {@code aio_reqprio}, or {@link #NO_PRIORITY}
 */
public record RequestFlags(int readFlags, int writeFlags, short priority) {
    /** The priority of the thread that submits. */
    public static final short NO_PRIORITY = -1;

    /** No flags and no priority. */
    public static final RequestFlags NONE = new RequestFlags(0, 0, NO_PRIORITY);
}
