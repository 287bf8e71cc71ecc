package io.linuxaio;

import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Log;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.engine.StackRoom;
import io.linuxaio.internal.engine.reap.Reaper;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The recovery of slots that an {@link Error} kept from being released: between the claim of a slot and {@code io_submit},
 * or before its return to the pool; and of the futures of a batch that could not be failed.
 *
 * <p>Near the end of the stack nothing can be called, so that a slot cannot be given back there. It is marked, in
 * {@link Slot#leftBy} or {@link Slot#isUnreleased}, and given back by the next thread that submits, closes, or looks at figures, and by the reaper.
 * Safe for use by any thread.
 */
final class Leftovers {
    private static final Set<Leftovers> ALL = ConcurrentHashMap.newKeySet();

    // An intrusive list, guarded by the class.
    private static Requests batches;

    private final Slot[] slots;
    private final KernelAioContext engine;
    private final SlotPool pool;

    Leftovers(Slot[] slots, KernelAioContext engine, SlotPool pool) {
        this.slots = slots.clone();
        this.engine = engine;
        this.pool = pool;
    }

    /** Registers the context, which is open. */
    void open() {
        Errors.initialize();
        Log.initialize();
        StackRoom.require();
        BoundedNesting.initialize();
        ALL.add(this);
    }

    /** Releases all marked slots, of all contexts. If an {@link Error} ends that, the next call continues. */
    static void recover() {
        if (Slot.someLeft) {
            recoverAll();
        }
        ArenaRefs.retryReleases();
        KernelAioContext.destroyAbandoned();
        Reaper.wakeClosing();
    }

    /** Gives back what is left behind, unless an {@link Error} ends that. For methods that close, which must go on. */
    static void recoverIfPossible() {
        try {
            recover();
        } catch (Error e) {
            // The next call goes on. Memory may be short, or the end of the stack near.
        }
    }

    /** Takes over the operations of a batch whose futures could not be failed. Allocates nothing. */
    static synchronized void add(Requests left) {
        left.nextLeft = batches;
        batches = left;
        Slot.someLeft = true;
    }

    private static synchronized void recoverAll() {
        Slot.someLeft = false;
        try {
            for (Leftovers one : ALL) {
                one.recoverSlots();
            }
            while (batches != null) {
                failFirstBatch();
            }
        } catch (Error e) {
            Slot.someLeft = true;
            throw e;
        }
    }

    /** Removes the batch first: its callbacks may come here again. */
    private static void failFirstBatch() {
        Requests batch = batches;
        batches = batch.nextLeft;
        try {
            batch.fail();
        } catch (Error e) {
            add(batch);
            throw e;
        }
    }

    private void recoverSlots() {
        for (Slot slot : slots) {
            if (slot.leftBy instanceof AioFuture<?> future) {
                settle(slot, future);
            }
            if (slot.isUnreleased) {
                release(slot);
            }
        }
    }

    private void settle(Slot slot, AioFuture<?> future) {
        int attempt = slot.leftAttempt;
        if (future.refusal == AioFuture.SLOT_RELEASED) {
            settleRefused(slot, future);
        } else if (future.refusal == AioFuture.REFUSED && !slot.isOver(attempt)) {
            slot.release();
            pool.release(slot);
            future.refusal = AioFuture.SLOT_RELEASED;
            settleRefused(slot, future);
        } else if (isElsewhere(slot, future, attempt)) {
            slot.leftBy = null;
            if (slot.leftAttempt != attempt) {
                // Another thread has met an Error with a later attempt of the operation.
                slot.leftBy = future;
            }
        } else {
            settleNotSubmitted(slot, future);
        }
    }

    /**
     * Returns {@code true} if the kernel or another thread owns the slot. In this order: a slot that belongs to another
     * operation by now has another owner, which was set before the kernel's key was overwritten.
     */
    private boolean isElsewhere(Slot slot, AioFuture<?> future, int attempt) {
        return future.refusal != 0 || engine.mayBeTaken(slot, attempt) || slot.owner() != future;
    }

    private void settleNotSubmitted(Slot slot, AioFuture<?> future) {
        future.isLeft = true;
        FutureCompleter.fail(future, Errors.NOT_SUBMITTED);
        // Without a call in between: an Error loses neither mark.
        slot.isUnreleased = true;
        slot.leftBy = null;
        release(slot);
    }

    /** Fails a refused operation. Its slot may belong to another one by now. */
    private static void settleRefused(Slot slot, AioFuture<?> future) {
        Object noted = future.noted();
        FutureCompleter.fail(future, noted instanceof Throwable failure ? failure : Errors.NOT_SUBMITTED);
        slot.leftBy = null;
    }

    private void release(Slot slot) {
        slot.release();
        slot.isUnreleased = false;
        try {
            pool.release(slot);
        } catch (Error e) {
            slot.isUnreleased = true;
            throw e;
        }
    }

    /** Removes the context, which is about to terminate, with all of its slots free. */
    void close() {
        synchronized (Leftovers.class) {
            ALL.remove(this);
        }
    }
}
