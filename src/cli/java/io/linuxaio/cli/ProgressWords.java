package io.linuxaio.cli;

/** The words of a progress message, for a terminal and for a log. */
interface ProgressWords {
    /** One line, never wider than the width. */
    String bar(long done, double perSecond, long nanos, int width);

    /** One line of any width. */
    String plain(long done, double perSecond, long nanos);
}
