package io.linuxaio;

/**
 * What management tools see of a context that was opened with {@link AioContextBuilder#jmx}: each attribute is one figure
 * of {@link AioStats}, taken when it is asked for. Its object name is
 * {@code io.linuxaio:type=AioContext,name="..."}, with the name in quotes.
 *
 * <p>Safe for use by any thread. The bean is there from the opening of the context until everything in it has ended.
 */
public interface AioContextMXBean {
    /**
     * How many operations can be in flight.
     *
     * @return as the builder was told
     */
    int getQueueDepth();

    /**
     * {@link AioStats#submitted()}.
     *
     * @return operations taken
     */
    long getSubmitted();

    /**
     * {@link AioStats#completed()}.
     *
     * @return operations that ended well
     */
    long getCompleted();

    /**
     * {@link AioStats#failed()}.
     *
     * @return operations that ended with an error
     */
    long getFailed();

    /**
     * {@link AioStats#bytesRead()}.
     *
     * @return bytes read
     */
    long getBytesRead();

    /**
     * {@link AioStats#bytesWritten()}.
     *
     * @return bytes written
     */
    long getBytesWritten();

    /**
     * {@link AioStats#inFlight()}.
     *
     * @return operations in flight now
     */
    int getInFlight();

    /**
     * {@link AioStats#fullQueue()}.
     *
     * @return how often the queue was full when an operation came
     */
    long getFullQueue();

    /**
     * {@link AioStats#nowaitRefusals()}.
     *
     * @return operations that the kernel refused since they would have blocked
     */
    long getNowaitRefusals();

    /**
     * {@link AioStats#handedOver()}.
     *
     * @return operations that another thread submitted in the caller's place
     */
    long getHandedOver();

    /**
     * {@link AioStats#shortTransfers()}.
     *
     * @return transfers that were submitted again for the rest
     */
    long getShortTransfers();

    /**
     * {@link AioStats#submitRetries()}.
     *
     * @return how often the kernel took no operation for now
     */
    long getSubmitRetries();

    /**
     * {@link AioStats#strayEvents()}.
     *
     * @return completion events that belonged to nothing
     */
    long getStrayEvents();

    /**
     * {@link AioStats#mostInFlight()}.
     *
     * @return the most operations that were in flight at the same time
     */
    int getMostInFlight();

    /**
     * {@link AioStats#wakeUps()}.
     *
     * @return how often the reaper thread came back from a wait
     */
    long getWakeUps();
}
