package io.linuxaio;

/**
 * An expected access to a file, as a hint to the page cache by {@link AioFile#advise} (posix_fadvise(2)). Hints do not
 * change results. They have no effect on direct I/O.
 */
public enum AioAccessPattern {
    /** No expectation: the default read-ahead. */
    NORMAL(0),

    /** Random access: no read-ahead. Applies to the whole file. */
    RANDOM(1),

    /** Sequential access: twice the read-ahead. Applies to the whole file. */
    SEQUENTIAL(2),

    /** The range will be read soon: starts to read it into the page cache. */
    WILL_NEED(3),

    /** The range will not be read soon: drops its clean pages from the page cache. Sync the file first to drop all. */
    DONT_NEED(4),

    /** The range will be accessed once. The kernel has heeded this since Linux 6.3. */
    NO_REUSE(5);

    private final int advice;

    AioAccessPattern(int advice) {
        this.advice = advice;
    }

    /** Returns the pattern as {@code POSIX_FADV_*} of linux/fadvise.h, which are the same on each supported architecture. */
    int advice() {
        return advice;
    }
}
