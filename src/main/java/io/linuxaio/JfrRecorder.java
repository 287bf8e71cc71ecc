package io.linuxaio;

import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.engine.SubmissionBatch;
import java.util.concurrent.atomic.AtomicReferenceArray;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;

/**
 * The recorder of a context's events with Java Flight Recorder. Until a recording is started in this process, its cost is
 * one read of a flag, and the event classes are not loaded: the first would load half of the recorder, and the module
 * jdk.jfr may be missing.
 *
 * <p>Safe for use by any thread. Methods throw nothing: a record must not cost an operation.
 */
final class JfrRecorder {
    // Never off again: an operation that went unrecorded would leave an earlier record in its slot.
    private static volatile boolean on;

    /** The number of open contexts. Guarded by the class. */
    private static int contexts;

    /** True if this context is counted. Guarded by the class. */
    private boolean counted;

    /** Adds a listener while a context is open: the recorder must not keep this library's classes from unloading later. */
    private void attach() {
        synchronized (JfrRecorder.class) {
            counted = true;
            if (contexts++ == 0 && PlatformModules.isThere("jdk.jfr")) {
                FirstRecording.await();
            }
        }
    }

    private void detach() {
        synchronized (JfrRecorder.class) {
            if (counted && --contexts == 0 && PlatformModules.isThere("jdk.jfr")) {
                FirstRecording.forget();
            }
            counted = false;
        }
    }

    /** The listener for the first recording, in a class of its own, which is not loaded without a recorder. */
    private static final class FirstRecording implements FlightRecorderListener {
        private static final FirstRecording LISTENER = new FirstRecording();

        static void await() {
            if (FlightRecorder.isAvailable()) {
                FlightRecorder.addListener(LISTENER);
                on |= FlightRecorder.isInitialized();
            }
        }

        static void forget() {
            if (FlightRecorder.isAvailable()) {
                FlightRecorder.removeListener(LISTENER);
            }
        }

        @Override
        public void recorderInitialized(FlightRecorder recorder) {
            on = true;
        }
    }

    private final String context;
    private final int depth;
    private final SlotPool pool;
    private volatile AtomicReferenceArray<OperationTrace> records;

    /**
     * @param context the name of the context in events
     * @param depth the maximum number of operations in flight
     * @param pool reports the number in flight
     */
    JfrRecorder(String context, int depth, SlotPool pool) {
        this.context = context;
        this.depth = depth;
        this.pool = pool;
    }

    /** Records that the context was opened. */
    void opened(AioContext.Builder settings, boolean readsRing) {
        attach();
        if (on) {
            ContextOpenedEvent.record(context, settings, readsRing);
        }
    }

    /** Records that the context has terminated. */
    void closed(AioStats stats) {
        try {
            if (on) {
                ContextClosedEvent.record(context, stats);
            }
        } finally {
            detach();
        }
    }

    /** Begins the record of a wait for a slot of a full queue. Returns null, or the event for {@link #placed}. */
    QueueFullEvent waitsForSlot() {
        return on ? QueueFullEvent.begin(context, depth) : null;
    }

    /** Ends the record of a wait. */
    static void placed(QueueFullEvent wait) {
        if (wait != null) {
            wait.commit();
        }
    }

    /**
     * Returns {@code true} once a recording was started in this process. Callers test it before they call a method with
     * {@link OperationTrace} in its signature: the JIT compiler does not inline a call that names a class not yet loaded.
     */
    static boolean isOn() {
        return on;
    }

    /** Begins the record of an operation, which is prepared and about to be submitted. */
    void onPrepared(Slot slot) {
        if (on) {
            records().set(slot.index(), begin());
        }
    }

    private OperationTrace begin() {
        try {
            return OperationTrace.begin(context, pool.acquired());
        } catch (OutOfMemoryError e) {
            return null;
        }
    }

    /** Records that a thread is about to submit. Returns the record for {@link #submitted(OperationTrace)}, or null. */
    OperationTrace submitting(Slot slot) {
        OperationTrace record = records().get(slot.index());
        if (record != null) {
            record.submitting();
        }
        return record;
    }

    /** As {@link #submitting(Slot)}, for the slots of a batch. */
    OperationTrace[] submitting(SubmissionBatch slots) {
        OperationTrace[] batch = new OperationTrace[slots.size()];
        for (int i = 0; i < batch.length; i++) {
            batch[i] = submitting(slots.slot(slots.first + i));
        }
        return batch;
    }

    /** Records that the thread has submitted; the slot may belong to another operation by now. */
    static void submitted(OperationTrace record) {
        if (record != null) {
            record.submitted();
        }
    }

    /** As {@link #submitted(OperationTrace)}, for a batch. */
    static void submitted(OperationTrace[] batch) {
        for (OperationTrace record : batch) {
            submitted(record);
        }
    }

    /** Ends the record of an operation, before its slot is released. */
    void ended(Slot slot) {
        if (on) {
            OperationTrace record = records().getAndSet(slot.index(), null);
            if (record != null) {
                record.ended(slot);
            }
        }
    }

    private AtomicReferenceArray<OperationTrace> records() {
        AtomicReferenceArray<OperationTrace> made = records;
        return made != null ? made : makeRecords();
    }

    private synchronized AtomicReferenceArray<OperationTrace> makeRecords() {
        if (records == null) {
            records = new AtomicReferenceArray<>(depth);
        }
        return records;
    }
}
