package io.linuxaio.internal.engine;

/** A receiver of completed operations. The reaping thread calls it during the reap; it must not reap. */
@FunctionalInterface
public interface CompletionSink {
    /** Receives a completed operation: reads its result and releases its slot. */
    void onCompletion(Slot slot);

    /**
     * Receives an operation that {@link Slot#tryWithoutBlocking} prepared and that would have blocked. It is still in
     * flight, and a thread that may block must submit it.
     */
    default void onWouldBlock(Slot slot) {
        throw new IllegalStateException("the operation was not submitted with RWF_NOWAIT");
    }
}
