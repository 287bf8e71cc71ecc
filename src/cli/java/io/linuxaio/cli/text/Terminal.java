package io.linuxaio.cli.text;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Whether somebody looks at what is printed, and how wide their window is. */
public final class Terminal {
    public static final int STDIN = 0;
    public static final int STDOUT = 1;
    public static final int STDERR = 2;

    private static final int USUAL_WIDTH = 80;

    private Terminal() {}

    /**
     * Whether a descriptor is a terminal. By what /proc tells, since java.io.Console answers for standard input and
     * output together only.
     */
    public static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(descriptor)))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException closed) {
            return false;
        }
    }

    /** The width of the controlling terminal: what COLUMNS says, else what stty says, else the usual. */
    public static int width() {
        int width = number(System.getenv("COLUMNS"));
        if (width > 0) {
            return width;
        }
        width = number(columnsOfStty());
        return width > 0 ? width : USUAL_WIDTH;
    }

    private static String columnsOfStty() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Redirect.from(Path.of("/dev/tty").toFile()))
                    .redirectError(Redirect.DISCARD)
                    .start();
            try {
                if (!stty.waitFor(1, TimeUnit.SECONDS)) {
                    return "";
                }
                String rowsAndColumns = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                return rowsAndColumns.substring(rowsAndColumns.indexOf(' ') + 1).strip();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return "";
            } finally {
                stty.destroy();
            }
        } catch (IOException none) {
            return "";
        }
    }

    private static int number(String text) {
        try {
            return text == null ? 0 : Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
