package io.linuxaio;

/**
 * What a context has done since it was opened. The figures are taken one after the other while the context works.
 *
 * @param submitted operations taken
 * @param completed operations that ended well
 * @param failed operations that ended with an error
 * @param bytesRead bytes read
 * @param bytesWritten bytes written
 * @param inFlight operations in flight now
 * @param fullQueue how often the queue was full when an operation came, whether it then waited or was rejected
 * @param nowaitRefusals operations that the kernel refused since they would have blocked ({@link AioSubmission#NEVER_BLOCK})
 * @param handedOver operations that a helper thread submitted in the caller's place
 * @param shortTransfers transfers that the kernel cut short and that were submitted again for the rest
 * @param submitRetries how often the kernel took no operation for now ({@code EAGAIN})
 * @param strayEvents completion events that belonged to no operation in flight: zero, unless something is very wrong
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
        long strayEvents) {}
