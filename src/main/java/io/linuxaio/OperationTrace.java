package io.linuxaio;

import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.Errno;

/**
 * An operation that is being recorded. Its end may come before the call that submits it has returned: the later of the two
 * writes the event, on whatever thread that is.
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

    /** Begins to record one, if such events are wanted; else answers null. For the thread that wants the operation. */
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

    /** A thread is about to submit it. */
    synchronized void submitting() {
        if (submitters++ == 0) {
            submittingSince = System.nanoTime();
        }
    }

    /** That thread has returned. */
    synchronized void submitted() {
        if (--submitters == 0) {
            event.submissionTime += System.nanoTime() - submittingSince;
            writeWhenOver();
        }
    }

    /** It has ended. */
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
