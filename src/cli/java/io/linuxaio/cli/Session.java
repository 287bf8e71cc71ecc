package io.linuxaio.cli;

import java.io.PrintStream;

/**
 * What a command needs from the process it runs in.
 *
 * @param stop asks whether to end early
 * @param out for results
 * @param err for progress and failures
 * @param outIsTerminal whether somebody looks at {@code out}
 * @param errIsTerminal whether somebody looks at {@code err}
 */
record Session(Stop stop, PrintStream out, PrintStream err, boolean outIsTerminal, boolean errIsTerminal) {
    static Session ofProcess() {
        return new Session(
                new Stop(),
                System.out,
                System.err,
                Terminal.isTerminal(Terminal.STDOUT),
                Terminal.isTerminal(Terminal.STDERR));
    }
}
