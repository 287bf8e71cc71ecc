package io.linuxaio;

/**
 * What a context has done since it was opened. The figures are taken one after the other while the context works, so
 * they need not fit each other; of those that count, none is ever lost, and all are exact when nothing is in flight.
 *
 * @param submitted operations taken
 * @param completed operations that ended well
 * @param failed operations that ended with an error
 * @param bytesRead bytes read
 * @param bytesWritten bytes written
 * @param inFlight operations in flight now
 * @param fullQueue how often the queue was full when an operation came, whether it then waited or was rejected
 * @param nowaitRefusals operations that the kernel refused since they would have blocked ({@link AioSubmission#NEVER_BLOCK})
 * @param handedOver operations that another thread submitted in the caller's place ({@link AioSubmission#NEVER_BLOCK}),
 *     since the kernel refused or the device had no requests to spare; each is counted once
 * @param shortTransfers transfers that the kernel cut short and that were submitted again for the rest
 * @param submitRetries how often the kernel took no operation for now ({@code EAGAIN})
 * @param strayEvents completion events that belonged to no operation in flight: zero, unless something is very wrong
 * @param mostInFlight the most operations that were in flight at the same time so far, exactly: also a peak that lasted
 *     for a moment is seen. As in {@code inFlight}, one counts from the moment it has its place in the queue
 * @param wakeUps how often the reaper thread came back from a wait: from io_getevents(2), or, while it leaves the events to
 *     threads that wait for results, from the sleep of a millisecond between two looks at the ring. Events that it finds in
 *     the ring without a wait count for nothing, nor do waits in a callback that finds the queue full. A context that
 *     nobody uses has none: the looks end after some 64 without traffic
 */
public record AioStats(
        long submitted,
        long completed,
        long failed,
        long bytesRead,
        long bytesWritten,
        int inFlight,
        long fullQueue,
        long nowaitRefusals,
        long handedOver,
        long shortTransfers,
        long submitRetries,
        long strayEvents,
        int mostInFlight,
        long wakeUps) {}
