package io.linuxaio;

import io.linuxaio.internal.engine.RefCount;
import io.linuxaio.internal.memory.BufferClaim;
import io.linuxaio.internal.memory.PooledBuffer;
import java.lang.foreign.MemorySegment;

/**
 * The lease of a pool's buffer to one borrower, with a reference count of its own. Operations that were accepted for this
 * borrower are refused once the buffer is released, also if the pool has lent it to another borrower.
 *
 * <p>Separate from {@link AioBuffer}, which must be reachable from its borrower alone, so that a leak is detected.
 */
final class Lease implements BufferClaim, Runnable {
    /** The place where a buffer was acquired, an element of the set of those lent; null if leaks are not tracked. */
    static final class Place {
        private final Throwable where;

        /** True if the buffer is lent. */
        volatile boolean out;

        Place(Throwable where) {
            this.where = where;
        }

        Throwable where() {
            return where;
        }
    }

    private final AioBufferPool pool;
    private final RefCount uses = new RefCount(this);
    private final Place place;

    /** Null until the buffer is acquired. Guarded by the pool's lock. */
    PooledBuffer buffer;

    /** True if the buffer is back in the pool. Guarded by the pool's lock. */
    boolean back;

    Lease(AioBufferPool pool, Place place) {
        this.pool = pool;
        this.place = place;
    }

    @Override
    public RefCount uses() {
        return uses;
    }

    Place place() {
        return place;
    }

    @Override
    public MemorySegment segment() {
        return buffer.segment();
    }

    @Override
    public Object owner() {
        return pool;
    }

    @Override
    public void forget() {
        pool.forget(place);
    }

    /** Returns the buffer to the pool: the borrower has closed it, and no operation uses it. */
    @Override
    public void run() {
        pool.takeBack(this);
    }
}
