package io.linuxaio.internal.engine;

/**
 * Hands results to those who wait, in two steps: {@link #accept} notes how an operation ended and frees its slot, in the
 * middle of reaping; {@link #deliver} runs what users attached, when reaping is done. So a callback that submits to a
 * full queue can have more events reaped beneath it.
 */
public interface Delivery extends SlotSink {
    /** Hands out what was noted. Called by the reaping thread. */
    void deliver();

    /** Nothing comes any more: the last call. */
    default void end() {}
}
