package io.linuxaio.cli.transfer;

/** The words of a progress message, for a terminal and for a log. */
public interface ProgressWords {
    /** One line, never wider than the width. */
    String bar(long done, double perSecond, long nanos, int width);

    /** One line of any width. */
    String plain(long done, double perSecond, long nanos);
}
