package io.linuxaio;

/**
 * Hears of operations of an {@link AioQueue} that have ended.
 *
 * <p>Called by the thread that polls, in the middle of polling. It may prepare and submit more operations; it must not
 * poll or close the queue. If it throws, the operations that ended at the same time are still told, and the first
 * exception comes out of the polling call.
 */
@FunctionalInterface
public interface AioCompletion {
    /**
     * An operation has ended: its place in the queue is free, and its segment is the caller's again.
     *
     * @param token what was given with the operation
     * @param result the number of bytes moved, which is less than asked for only for a read at the end of the file; 0
     *     for a sync; the kernel's error number, negated, where it failed
     */
    void completed(long token, int result);
}
