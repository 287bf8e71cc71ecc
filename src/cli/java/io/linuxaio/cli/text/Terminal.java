package io.linuxaio.cli.text;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The terminal of this process: which descriptors are connected to it, and its width. */
public final class Terminal {
    public static final int STDIN = 0;
    public static final int STDOUT = 1;
    public static final int STDERR = 2;

    private static final int DEFAULT_WIDTH = 80;

    private Terminal() {}

    /**
     * Returns {@code true} if a descriptor is a terminal. Reads /proc, since java.io.Console considers standard input and
     * output only together.
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

    /** Returns the width of the controlling terminal: COLUMNS, else the width that stty reports, else 80. */
    public static int width() {
        int width = number(System.getenv("COLUMNS"));
        if (width > 0) {
            return width;
        }
        width = number(columnsOfStty());
        return width > 0 ? width : DEFAULT_WIDTH;
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
