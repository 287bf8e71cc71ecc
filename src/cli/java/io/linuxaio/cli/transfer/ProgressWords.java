package io.linuxaio.cli.transfer;

/** A progress message, for a terminal and for a log. */
public interface ProgressWords {
    /** Returns one line that is not wider than the width. */
    String bar(long done, double perSecond, long nanos, int width);

    /** Returns one line of any width. */
    String plain(long done, double perSecond, long nanos);
}
