package io.linuxaio.cli.runtime;

import java.util.Locale;

/** The format of reports: a name and its value on each line. */
public final class ReportFormat {
    private static final String FORM = "%-12s%s";

    private ReportFormat() {}

    /** Prints a line. */
    public static void line(CommandContext context, String name, String value) {
        context.printLine(String.format(Locale.ROOT, FORM, name, value));
    }
}
