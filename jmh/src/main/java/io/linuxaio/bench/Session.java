package io.linuxaio.bench;

import java.io.IOException;

/** A variant with an open file. */
public interface Session extends AutoCloseable {
    /**
     * Does operations with as many in flight as the workload's depth says, until {@link OperationSink#running} of its lanes says
     * no; then waits for those in flight, ends its own threads or lets them rest, and returns. Called several times, by the thread that
     * opened the session: once for the warm-up and once for each window, with a new meter each time.
     *
     * <p>The loop is
     *
     * <pre>{@code
     * Lane lane = meter.lane(0, 1, buffers);      // before anything is started; one lane per thread or chain
     * while (lane.running()) {
     *     long position = lane.next(slot);        // before an operation with buffers[slot] is submitted
     *     ...
     *     lane.done(slot, bytes);                 // when its completion was seen
     * }
     * }</pre>
     *
     * @throws Exception whatever goes wrong; an operation that fails ends the run
     */
    void run(Meter meter) throws Exception;

    @Override
    void close() throws IOException;
}
