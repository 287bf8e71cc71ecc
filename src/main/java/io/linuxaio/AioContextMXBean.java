package io.linuxaio;

/**
 * The management interface of a context that was opened with {@link AioContext.Builder#jmx}. Its object name is
 * {@code io.linuxaio:type=AioContext,name="..."}, with the name in quotes.
 *
 * <p>Safe for use by any thread. The bean is registered from the opening of the context until its last operation has
 * completed after closing.
 */
public interface AioContextMXBean {
    /**
     * Returns the queue depth: the maximum number of operations in flight.
     *
     * @return operations
     */
    int getQueueDepth();

    /**
     * Returns a snapshot of the context's statistics. The MBean server shows it as a
     * {@code javax.management.openmbean.CompositeData}, with an item for each accessor of {@link AioStats}, by its name.
     *
     * @return a snapshot
     */
    Stats getStats();

    /**
     * The figures of {@link AioStats}, with the getters that the mapping of MXBeans requires. Later versions may add
     * figures.
     */
    interface Stats {
        /**
         * Returns {@link AioStats#submitted()}.
         *
         * @return operations
         */
        long getSubmitted();

        /**
         * Returns {@link AioStats#succeeded()}.
         *
         * @return operations
         */
        long getSucceeded();

        /**
         * Returns {@link AioStats#failed()}.
         *
         * @return operations
         */
        long getFailed();

        /**
         * Returns {@link AioStats#bytesRead()}.
         *
         * @return bytes
         */
        long getBytesRead();

        /**
         * Returns {@link AioStats#bytesWritten()}.
         *
         * @return bytes
         */
        long getBytesWritten();

        /**
         * Returns {@link AioStats#inFlight()}.
         *
         * @return operations
         */
        int getInFlight();

        /**
         * Returns {@link AioStats#maxInFlight()}.
         *
         * @return operations
         */
        int getMaxInFlight();

        /**
         * Returns {@link AioStats#queueFullCount()}.
         *
         * @return operations
         */
        long getQueueFullCount();

        /**
         * Returns {@link AioStats#nowaitRefusals()}.
         *
         * @return operations
         */
        long getNowaitRefusals();

        /**
         * Returns {@link AioStats#offloaded()}.
         *
         * @return operations
         */
        long getOffloaded();

        /**
         * Returns {@link AioStats#shortTransfers()}.
         *
         * @return transfers
         */
        long getShortTransfers();

        /**
         * Returns {@link AioStats#submitRetries()}.
         *
         * @return refusals
         */
        long getSubmitRetries();

        /**
         * Returns {@link AioStats#strayEvents()}.
         *
         * @return events
         */
        long getStrayEvents();

        /**
         * Returns {@link AioStats#reaperWakeups()}.
         *
         * @return waits
         */
        long getReaperWakeups();

        /**
         * Returns a summary of {@link AioStats#readLatencies()}.
         *
         * @return latencies
         */
        Latencies getReadLatencies();

        /**
         * Returns a summary of {@link AioStats#writeLatencies()}.
         *
         * @return latencies
         */
        Latencies getWriteLatencies();

        /**
         * Returns a summary of {@link AioStats#syncLatencies()}.
         *
         * @return latencies
         */
        Latencies getSyncLatencies();
    }

    /** A summary of {@link AioLatencies}, with the getters that the mapping of MXBeans requires. */
    interface Latencies {
        /**
         * Returns {@link AioLatencies#count()}.
         *
         * @return operations
         */
        long getCount();

        /**
         * Returns {@link AioLatencies#mean()}.
         *
         * @return nanoseconds
         */
        long getMeanNanos();

        /**
         * Returns the latency that half of the operations did not exceed.
         *
         * @return nanoseconds
         */
        long getP50Nanos();

        /**
         * Returns the latency that one operation of a hundred exceeded.
         *
         * @return nanoseconds
         */
        long getP99Nanos();

        /**
         * Returns the latency that one operation of a thousand exceeded.
         *
         * @return nanoseconds
         */
        long getP999Nanos();

        /**
         * Returns {@link AioLatencies#max()}.
         *
         * @return nanoseconds
         */
        long getMaxNanos();
    }
}
