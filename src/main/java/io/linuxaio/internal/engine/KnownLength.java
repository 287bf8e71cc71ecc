package io.linuxaio.internal.engine;

/**
 * The length of a file as the kernel last reported it. A short read that stops exactly there needs no second request to
 * confirm the end of the file. Safe for use by any thread.
 */
public final class KnownLength {
    private volatile long bytes = -1;

    /** Notes a length that the kernel has reported, in bytes. */
    public void set(long length) {
        bytes = length;
    }

    /** Returns {@code true} if the kernel last reported this length. */
    boolean is(long length) {
        return bytes == length;
    }
}
