package io.linuxaio.cli.transfer;

import io.linuxaio.cli.text.Units;
import java.util.Locale;

/**
 * The progress message of a transfer.
 *
 * @param activity the activity, such as {@code writing}
 * @param total the total number of bytes; -1 if it is unknown
 */
public record ProgressLine(String activity, long total) implements ProgressWords {
    private static final int MAX_BAR = 40;
    private static final int MIN_BAR = 8;

    /** Returns the message with a bar, if the total is known and the width suffices. */
    @Override
    public String bar(long done, double bytesPerSecond, long nanos, int width) {
        String figures = figures(done, bytesPerSecond, nanos, "  ");
        // Activity, two spaces, brackets, two spaces.
        int room = Math.min(MAX_BAR, width - activity.length() - figures.length() - 6);
        String line;
        if (total > 0 && room >= MIN_BAR) {
            int filled = (int) (room * share(done));
            line = activity + "  [" + "#".repeat(filled) + "-".repeat(room - filled) + "]  " + figures;
        } else {
            line = activity + "  " + figures;
        }
        return line.substring(0, Math.clamp(width, 0, line.length()));
    }

    /** Returns the message without a bar. */
    @Override
    public String plain(long done, double bytesPerSecond, long nanos) {
        return activity + ": " + figures(done, bytesPerSecond, nanos, ", ");
    }

    private String figures(long done, double bytesPerSecond, long nanos, String separator) {
        StringBuilder line = new StringBuilder();
        if (total > 0) {
            line.append(String.format(Locale.ROOT, "%3d%%", (int) (100 * share(done))))
                    .append(separator);
        }
        line.append(Units.part(done, total))
                .append(separator)
                .append(Units.rate(bytesPerSecond))
                .append(separator);
        if (total < 0) {
            line.append(Units.clock(nanos / 1e9));
        } else if (bytesPerSecond > 0) {
            line.append(Units.clock(Math.max(0, total - done) / bytesPerSecond)).append(" left");
        } else {
            line.append("stalled");
        }
        return line.toString();
    }

    /** Returns the share done, at most 1: a source may have grown. */
    private double share(long done) {
        return Math.min(1, (double) done / total);
    }
}
