package io.linuxaio;

import io.linuxaio.internal.engine.RefCount;

/**
 * One loan of a pool's buffer, with a reference count of its own: operations that were accepted for this borrower are
 * refused once the buffer is back, whoever has it then.
 *
 * <p>Apart from {@link AioBuffer}, which must be reachable from its borrower alone: so a lost one is noticed.
 */
final class Lease implements Runnable {
    /** Where the buffer was taken, in the set of those that are out; null where leaks are not tracked. */
    static final class Place {
        private final Throwable where;

        /** True if the buffer is out. */
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

    /** Null until the buffer was taken. Guarded by the pool, as the next. */
    PooledBuffer buffer;

    /** True if the buffer is back. */
    boolean back;

    Lease(AioBufferPool pool, Place place) {
        this.pool = pool;
        this.place = place;
    }

    AioBufferPool pool() {
        return pool;
    }

    RefCount uses() {
        return uses;
    }

    Place place() {
        return place;
    }

    /** Brings the buffer back: the borrower has closed it, and no operation uses it any more. */
    @Override
    public void run() {
        pool.takeBack(this);
    }
}
