package io.linuxaio.internal.engine;

/** Takes operations that have ended. Called by the reaping thread, in the middle of reaping: it must not reap. */
@FunctionalInterface
public interface CompletionSink {
    /** Reads how the operation ended, and lets its slot go. */
    void onCompletion(Slot slot);

    /**
     * Takes an operation that {@link Slot#tryWithoutBlocking} was said for and that would have blocked: it is still in
     * flight, and is to be submitted by somebody who may wait.
     */
    default void onWouldBlock(Slot slot) {
        throw new IllegalStateException("nobody asked for no blocking");
    }
}
