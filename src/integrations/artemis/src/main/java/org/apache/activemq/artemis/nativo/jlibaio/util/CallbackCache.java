package org.apache.activemq.artemis.nativo.jlibaio.util;

import org.apache.activemq.artemis.nativo.jlibaio.SubmitInfo;

/**
 * A bounded first-in, first-out pool of callbacks. Safe for use by any thread.
 *
 * @param <Callback> the type of callbacks
 */
public class CallbackCache<Callback extends SubmitInfo> {
    private final Object lock = new Object();
    private final SubmitInfo[] ring;
    private int first;
    private int count;

    /**
     * Creates an empty pool.
     *
     * @param size the maximum number of callbacks in it
     */
    public CallbackCache(int size) {
        ring = new SubmitInfo[size];
    }

    /**
     * Removes the callback that has been in the pool for the longest time.
     *
     * @return the callback, or {@code null} if the pool is empty
     */
    @SuppressWarnings("unchecked")
    public Callback get() {
        synchronized (lock) {
            if (count == 0) {
                return null;
            }
            SubmitInfo callback = ring[first];
            ring[first] = null;
            first = (first + 1) % ring.length;
            count--;
            return (Callback) callback;
        }
    }

    /**
     * Adds a callback, unless the pool is full.
     *
     * @param callback the callback, which is not {@code null}
     * @return this pool
     */
    public CallbackCache<Callback> put(Callback callback) {
        if (callback == null) {
            throw new NullPointerException("callback");
        }
        synchronized (lock) {
            if (count < ring.length) {
                ring[(first + count) % ring.length] = callback;
                count++;
            }
            return this;
        }
    }
}
