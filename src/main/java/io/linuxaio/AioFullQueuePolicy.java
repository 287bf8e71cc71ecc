package io.linuxaio;

/** The policy for an operation that finds the queue full, that is, as many operations in flight as the queue depth. */
public enum AioFullQueuePolicy {
    /**
     * The caller waits for a slot. A virtual thread releases its carrier meanwhile. A callback on the reaper thread does
     * not wait for itself: it reaps completion events until a slot is free. If the thread is interrupted while it waits, the
     * future fails with {@link java.io.InterruptedIOException}.
     */
    WAIT,

    /**
     * The call throws {@link java.util.concurrent.RejectedExecutionException}, and nothing was submitted. At
     * {@link AioBatch#submit} the future of the operation carries that exception instead.
     */
    REJECT
}
