package io.linuxaio.cli.text;

import java.util.Locale;

/** Formats numbers with units. */
public final class Units {
    private static final String[] BINARY = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final double NANOS = 1e9;

    private Units() {}

    /** Formats a size, such as {@code 777 B} or {@code 312.0 MiB}. */
    public static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes / 1024.0;
        int unit = 0;
        // A value that would be rounded to 1024.0 is 1.0 of the next unit.
        while (value >= 1023.95 && unit < BINARY.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, BINARY[unit]);
    }

    /** Formats a rate, such as {@code 559.2 MB/s}; 1 MB is a million bytes, as disks are sold. */
    public static String rate(double bytesPerSecond) {
        return String.format(Locale.ROOT, "%.1f MB/s", bytesPerSecond / 1e6);
    }

    /** Formats the mean rate; a time too short to be measured counts as one nanosecond. */
    public static String rate(long bytes, long nanos) {
        return rate(bytes * NANOS / Math.max(1, nanos));
    }

    /** Formats a time, such as {@code 1.92 s}. */
    public static String seconds(long nanos) {
        return String.format(Locale.ROOT, nanos < NANOS ? "%.3f s" : "%.2f s", nanos / NANOS);
    }

    /** Formats a latency in ASCII, such as {@code 850 ns}, {@code 13.2 us}, {@code 4.02 ms} or {@code 1.50 s}. */
    public static String latency(long nanos) {
        if (nanos < 1_000) {
            return nanos + " ns";
        }
        if (nanos < 1_000_000) {
            return String.format(Locale.ROOT, "%.1f us", nanos / 1e3);
        }
        return nanos < NANOS
                ? String.format(Locale.ROOT, "%.2f ms", nanos / 1e6)
                : String.format(Locale.ROOT, "%.2f s", nanos / NANOS);
    }

    /** Formats a duration, such as {@code 0:05}, {@code 12:34} or {@code 1:02:03}. */
    public static String clock(double seconds) {
        long whole = Math.round(Math.ceil(seconds));
        long hours = whole / 3600;
        return hours > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, whole / 60 % 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }

    /** Formats a part of a total: {@code 312.0 MiB of 1.0 GiB}, or {@code 312.0 MiB} if the total is unknown. */
    public static String part(long bytes, long total) {
        return total < 0 ? bytes(bytes) : bytes(bytes) + " of " + bytes(total);
    }
}
