package io.linuxaio;

/**
 * A snapshot of the statistics of a context, counted since it was opened.
 *
 * <p>The figures are read one after the other while the context works, so they may be inconsistent with each other. No
 * count is lost, and all are exact while nothing is in flight.
 *
 * <p>Immutable, so safe for use by any thread. Later versions may add figures.
 */
public final class AioStats {
    /** The statistics of a context without any operation yet. */
    static final AioStats NONE = new AioStats(new Figures(
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, AioLatencies.NONE, AioLatencies.NONE, AioLatencies.NONE));

    private final Figures figures;

    /** The values, under the names of the accessors. */
    record Figures(
            long submitted,
            long succeeded,
            long failed,
            long bytesRead,
            long bytesWritten,
            int inFlight,
            int maxInFlight,
            long queueFullCount,
            long nowaitRefusals,
            long offloaded,
            long shortTransfers,
            long submitRetries,
            long strayEvents,
            long reaperWakeups,
            AioLatencies readLatencies,
            AioLatencies writeLatencies,
            AioLatencies syncLatencies) {}

    AioStats(Figures figures) {
        this.figures = figures;
    }

    /** Returns the sum of the statistics of two contexts; the maximum is the greater of the two. */
    AioStats plus(AioStats other) {
        Figures a = figures;
        Figures b = other.figures;
        return new AioStats(new Figures(
                a.submitted + b.submitted,
                a.succeeded + b.succeeded,
                a.failed + b.failed,
                a.bytesRead + b.bytesRead,
                a.bytesWritten + b.bytesWritten,
                a.inFlight + b.inFlight,
                Math.max(a.maxInFlight, b.maxInFlight),
                a.queueFullCount + b.queueFullCount,
                a.nowaitRefusals + b.nowaitRefusals,
                a.offloaded + b.offloaded,
                a.shortTransfers + b.shortTransfers,
                a.submitRetries + b.submitRetries,
                a.strayEvents + b.strayEvents,
                a.reaperWakeups + b.reaperWakeups,
                a.readLatencies.plus(b.readLatencies),
                a.writeLatencies.plus(b.writeLatencies),
                a.syncLatencies.plus(b.syncLatencies)));
    }

    /**
     * Returns the number of operations that were accepted.
     *
     * @return operations
     */
    public long submitted() {
        return figures.submitted;
    }

    /**
     * Returns the number of operations that completed successfully.
     *
     * @return operations
     */
    public long succeeded() {
        return figures.succeeded;
    }

    /**
     * Returns the number of operations that failed.
     *
     * @return operations
     */
    public long failed() {
        return figures.failed;
    }

    /**
     * Returns the number of bytes that were read.
     *
     * @return bytes
     */
    public long bytesRead() {
        return figures.bytesRead;
    }

    /**
     * Returns the number of bytes that were written.
     *
     * @return bytes
     */
    public long bytesWritten() {
        return figures.bytesWritten;
    }

    /**
     * Returns the number of operations that are in flight now. An operation counts from the moment it has a slot.
     *
     * @return operations
     */
    public int inFlight() {
        return figures.inFlight;
    }

    /**
     * Returns the maximum number of operations in flight at the same time so far. The figure is exact: it includes the
     * shortest peak.
     *
     * @return operations
     */
    public int maxInFlight() {
        return figures.maxInFlight;
    }

    /**
     * Returns the number of operations that found the queue full, and then waited or were rejected.
     *
     * @return operations
     */
    public long queueFullCount() {
        return figures.queueFullCount;
    }

    /**
     * Returns the number of operations that the kernel refused because they would have blocked
     * ({@link AioSubmitMode#NON_BLOCKING}).
     *
     * @return operations
     */
    public long nowaitRefusals() {
        return figures.nowaitRefusals;
    }

    /**
     * Returns the number of operations that were offloaded: another thread submitted them in the caller's place
     * ({@link AioSubmitMode#NON_BLOCKING}), because the kernel refused or the device had no requests to spare. Each
     * operation is counted once.
     *
     * @return operations
     */
    public long offloaded() {
        return figures.offloaded;
    }

    /**
     * Returns the number of short transfers, which were submitted again for the rest.
     *
     * @return transfers
     */
    public long shortTransfers() {
        return figures.shortTransfers;
    }

    /**
     * Returns the number of times that the kernel accepted no operation for the moment ({@code EAGAIN}).
     *
     * @return refusals
     */
    public long submitRetries() {
        return figures.submitRetries;
    }

    /**
     * Returns the number of completion events that belonged to no operation in flight. It is zero unless this library or
     * the kernel has a defect.
     *
     * @return events
     */
    public long strayEvents() {
        return figures.strayEvents;
    }

    /**
     * Returns the number of times that the reaper thread returned from a wait: from io_getevents(2) or, while it leaves the
     * events to threads that wait for results, from the pause of a millisecond between two polls of the ring.
     *
     * <p>Events found in the ring without a wait are not counted, nor are waits in a callback that finds the queue full. The
     * figure does not grow for a context without traffic, since the reaper stops polling after some 64 vain polls.
     *
     * @return waits
     */
    public long reaperWakeups() {
        return figures.reaperWakeups;
    }

    /**
     * Returns the latencies of reads.
     *
     * @return a histogram; empty if the context does not measure latencies
     */
    public AioLatencies readLatencies() {
        return figures.readLatencies;
    }

    /**
     * Returns the latencies of writes.
     *
     * @return a histogram; empty if the context does not measure latencies
     */
    public AioLatencies writeLatencies() {
        return figures.writeLatencies;
    }

    /**
     * Returns the latencies of syncs, of data or of both data and metadata.
     *
     * @return a histogram; empty if the context does not measure latencies
     */
    public AioLatencies syncLatencies() {
        return figures.syncLatencies;
    }

    /** Returns all figures with their names. */
    @Override
    public String toString() {
        return "AioStats"
                + figures.toString().substring(Figures.class.getSimpleName().length());
    }
}
