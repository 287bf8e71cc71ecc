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
        long shortTransfers,
        long submitRetries,
        long strayEvents) {}
