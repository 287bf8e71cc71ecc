package io.linuxaio;

import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.Errno;

/**
 * The record of one operation in progress. The operation may complete before the submitting call has returned: the later of
 * the two commits the event, on its own thread.
 */
final class OperationTrace {
    private final OperationEvent event;
    private int submitters;
    private long submittingSince;
    private boolean ended;
    private boolean worthWriting;

    private OperationTrace(OperationEvent event) {
        this.event = event;
    }

    /** Begins a record, or returns null if such events are disabled. For the thread that starts the operation. */
    static OperationTrace begin(String context, int inFlight) {
        OperationEvent event = new OperationEvent();
        if (!event.isEnabled()) {
            return null;
        }
        event.context = context;
        event.inFlight = inFlight;
        event.submitter = Thread.currentThread();
        event.begin();
        return new OperationTrace(event);
    }

    /** Records that a thread is about to submit the operation. */
    synchronized void submitting() {
        if (submitters++ == 0) {
            submittingSince = System.nanoTime();
        }
    }

    /** Records that the submitting call has returned. */
    synchronized void submitted() {
        if (--submitters == 0) {
            event.submissionTime += System.nanoTime() - submittingSince;
            writeWhenOver();
        }
    }

    /** Records the completion of the operation. */
    synchronized void ended(Slot slot) {
        event.end();
        ended = true;
        worthWriting = event.shouldCommit();
        if (worthWriting) {
            event.kind = slot.opcode().operation();
            event.path = slot.file().path().toString();
            event.position = slot.position();
            event.length = slot.length();
            event.transferred = slot.transferred();
            event.error = slot.result() < 0 ? Errno.symbol(-slot.result()) : null;
        }
        writeWhenOver();
    }

    private void writeWhenOver() {
        if (ended && worthWriting && submitters == 0) {
            event.commit();
        }
    }
}
