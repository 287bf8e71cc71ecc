package io.linuxaio;

/** What happens to an operation when the queue is full: when as many are in flight as the queue is deep. */
public enum AioFullQueuePolicy {
    /**
     * The caller waits for a place. A virtual thread leaves its carrier meanwhile. A callback on the reaper thread does
     * not wait for itself: it takes completion events until there is a place.
     */
    WAIT,

    /** The call throws {@link java.util.concurrent.RejectedExecutionException}, and nothing was submitted. */
    REJECT
}
