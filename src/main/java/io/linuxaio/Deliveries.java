package io.linuxaio;

import io.linuxaio.internal.engine.Delivery;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Completes futures. Belongs to the reaping thread, but for {@link #refused}. */
final class Deliveries implements Delivery {
    private static final Logger LOG = System.getLogger("io.linuxaio");

    private final SlotPool pool;
    private final Executor executor;
    private final Counters counters;
    private final ArrayDeque<AioFuture<?>> futures = new ArrayDeque<>();
    private final ArrayDeque<Object> outcomes = new ArrayDeque<>();

    // Most operations of a context are of one size: one boxed count serves them all.
    private Integer lastCount = 0;

    /**
     * @param pool where slots go back to
     * @param executor where futures complete; null for the reaping thread
     * @param counters what is counted
     */
    Deliveries(SlotPool pool, Executor executor, Counters counters) {
        this.pool = pool;
        this.executor = executor;
        this.counters = counters;
    }

    @Override
    public void accept(Slot slot) {
        Ticket ticket = (Ticket) slot.owner();
        Object outcome = outcome(slot, ticket.file());
        counters.ended(slot, outcome);
        AioFuture<?> future = ticket.future();
        slot.letGo();
        pool.release(slot);
        futures.add(future);
        outcomes.add(outcome);
    }
}
