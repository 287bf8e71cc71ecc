package io.linuxaio;

import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import java.util.concurrent.atomic.AtomicReferenceArray;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;

/**
 * Tells Java Flight Recorder what a context does. Until somebody records in this process that costs a look at a flag, and
 * the classes of the events are not loaded: the first of them would bring half of the recorder with it, and the module
 * jdk.jfr may be missing altogether.
 *
 * <p>Safe for use by any thread. Nothing is thrown here: an operation must not be lost for a record of it.
 */
final class JfrRecorder {
    // Never off again: a slot whose use nobody saw would still have the record of an earlier one.
    private static volatile boolean on;

    /** How many contexts are open. Guarded by the class. */
    private static int contexts;

    /** True if this one is counted, likewise. */
    private boolean counted;

    /** The recorder refers to this library's classes only while a context is open: they must be unloadable after. */
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

    /** In a class of its own, which is not loaded where there is no recorder. */
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
     * @param context what the context is called in events
     * @param depth how many operations can be in flight
     * @param pool tells how many are
     */
    JfrRecorder(String context, int depth, SlotPool pool) {
        this.context = context;
        this.depth = depth;
        this.pool = pool;
    }

    /** The context is open. */
    void opened(AioContext.Builder settings, boolean readsRing) {
        attach();
        if (on) {
            ContextOpenedEvent.record(context, settings, readsRing);
        }
    }

    /** The context is about to go. */
    void closed(AioStats stats) {
        try {
            if (on) {
                ContextClosedEvent.record(context, stats);
            }
        } finally {
            detach();
        }
    }

    /** The queue is full, and a thread is about to wait: null, or what is to be given to {@link #placed}. */
    QueueFullEvent waitsForPlace() {
        return on ? QueueFullEvent.begin(context, depth) : null;
    }

    /** The wait is over. */
    static void placed(QueueFullEvent wait) {
        if (wait != null) {
            wait.commit();
        }
    }

    /** An operation begins: it is prepared, and about to be submitted by this thread or for it. */
    void begun(Slot slot) {
        if (on) {
            records().set(slot.index(), begin());
        }
    }

    private OperationTrace begin() {
        try {
            return OperationTrace.begin(context, pool.claimed());
        } catch (OutOfMemoryError e) {
            return null;
        }
    }

    /** A thread is about to submit: null, or what is to be given to {@link #submitted(OperationTrace)}. */
    OperationTrace submitting(Slot slot) {
        OperationTrace record = on ? records().get(slot.index()) : null;
        if (record != null) {
            record.submitting();
        }
        return record;
    }

    /** As {@link #submitting(Slot)}, for the first so many slots of a batch. */
    OperationTrace[] submitting(Slot[] slots, int count) {
        if (!on) {
            return null;
        }
        OperationTrace[] batch = new OperationTrace[count];
        for (int i = 0; i < count; i++) {
            batch[i] = submitting(slots[i]);
        }
        return batch;
    }

    /** The thread has submitted; the slot may be another operation's by now. */
    static void submitted(OperationTrace record) {
        if (record != null) {
            record.submitted();
        }
    }

    /** As {@link #submitted(OperationTrace)}, for a batch. */
    static void submitted(OperationTrace[] batch) {
        if (batch != null) {
            for (OperationTrace record : batch) {
                submitted(record);
            }
        }
    }

    /** An operation has ended; its slot is still as it was. */
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
