package io.linuxaio.internal.engine;

/** Takes operations that have ended. Called by the reaping thread, in the middle of reaping: it must not reap. */
@FunctionalInterface
public interface SlotSink {
    /** Reads how the operation ended, and lets its slot go. */
    void accept(Slot slot);
}
