package io.linuxaio.cli;

/** What the command ends with; scripts tell failures apart by it. Listed in {@code aio --help}. */
final class ExitCode {
    static final int OK = 0;

    /** Something could not be read or written. */
    static final int IO = 1;

    /** The command line makes no sense. */
    static final int USAGE = 2;

    /** What was read back is not what had been written. */
    static final int MISMATCH = 3;

    /** 128 and the number of SIGINT, as the JVM and shells do it. */
    static final int INTERRUPTED = 130;

    /** 128 and the number of SIGPIPE: what a shell shows for other programs whose reader has gone. */
    static final int READER_GONE = 141;

    private ExitCode() {}
}
