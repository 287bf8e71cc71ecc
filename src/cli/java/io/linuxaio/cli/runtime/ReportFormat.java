package io.linuxaio.cli.runtime;

import java.util.Locale;

/** The form of reports: a name and what is to be said of it on each line. */
public final class ReportFormat {
    private static final String FORM = "%-12s%s";

    private ReportFormat() {}

    public static void line(CommandContext session, String name, String value) {
        session.report(String.format(Locale.ROOT, FORM, name, value));
    }
}
