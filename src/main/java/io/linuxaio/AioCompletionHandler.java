package io.linuxaio;

/**
 * A handler for the completions of an {@link AioQueue} or {@link AioPoller}.
 *
 * <p>The handler is called on the polling thread, during the poll. It may submit more operations; it must not poll or close
 * the queue or poller. If it throws, the remaining completions are still delivered, and the
 * polling call then throws the first exception.
 */
@FunctionalInterface
public interface AioCompletionHandler {
    /**
     * Receives the completion of one operation, which has succeeded or failed. Its slot is free again, and its segment
     * belongs to the caller.
     *
     * @param userData the value that was given with the operation
     * @param result zero or greater if the operation succeeded: the number of bytes transferred, at most 2147479552,
     *     which is less than requested only for a read at the end of the file; 0 for a sync. Negative if it failed:
     *     the kernel's error number, negated, from -4095 to -1, which {@link AioException#of} converts into an exception
     */
    void onCompletion(long userData, int result);
}
