package io.linuxaio.cli.runtime;

/** The exit codes of the command, by which scripts distinguish failures. Listed in {@code aio --help}. */
public final class ExitCode {
    /** Success. */
    public static final int OK = 0;

    /** A file could not be read or written. */
    public static final int IO = 1;

    /** The command line is invalid. */
    public static final int USAGE = 2;

    /** The bytes read back differ from those written. */
    public static final int MISMATCH = 3;

    /** 128 plus the number of SIGINT, as in the JVM and shells. */
    public static final int INTERRUPTED = 130;

    /** 128 plus the number of SIGPIPE, as a shell reports for other programs whose reader has closed the pipe. */
    public static final int READER_GONE = 141;

    private ExitCode() {}
}
