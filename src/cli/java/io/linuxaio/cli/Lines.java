package io.linuxaio.cli;

import java.io.PrintStream;
import java.util.Locale;

/** The form of reports: a name and what is to be said of it on each line. */
final class Lines {
    private static final String FORM = "%-12s%s%n";

    private Lines() {}

    static void line(PrintStream out, String name, String value) {
        out.printf(Locale.ROOT, FORM, name, value);
    }
}
