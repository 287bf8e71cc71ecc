package io.linuxaio.cli.runtime;

/** What the command ends with; scripts tell failures apart by it. Listed in {@code aio --help}. */
public final class ExitCode {
    public static final int OK = 0;

    /** Something could not be read or written. */
    public static final int IO = 1;

    /** The command line makes no sense. */
    public static final int USAGE = 2;

    /** What was read back is not what had been written. */
    public static final int MISMATCH = 3;

    /** 128 and the number of SIGINT, as the JVM and shells do it. */
    public static final int INTERRUPTED = 130;

    /** 128 and the number of SIGPIPE: what a shell shows for other programs whose reader has gone. */
    public static final int READER_GONE = 141;

    private ExitCode() {}
}
