package io.linuxaio;

/**
 * The host's limit on operations in flight, which all processes and all containers share.
 *
 * @param max {@code /proc/sys/fs/aio-max-nr}: how many operations all contexts together may be deep
 * @param used {@code /proc/sys/fs/aio-nr}: how many have been claimed; a context claims its depth when it is opened
 */
public record AioLimits(long max, long used) {
    /**
     * How many can still be claimed.
     *
     * @return operations
     */
    public long free() {
        return Math.max(0, max - used);
    }
}
