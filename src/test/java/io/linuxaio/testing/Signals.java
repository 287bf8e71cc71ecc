package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** What programs started here do with signals: they inherit which of them are ignored, and a JVM leaves it at that. */
public final class Signals {
    /** {@code SIGINT}. */
    public static final int INT = 2;

    private Signals() {}

    /** Skips the test where programs started here ignore a signal. */
    public static void assumeHeeded(int signal) throws IOException {
        String ignored = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElseThrow();
        boolean isIgnored = (Long.parseUnsignedLong(ignored, 16) >>> signal - 1 & 1) != 0;
        Assumptions.assumeFalse(
                isIgnored,
                "signal " + signal + " is ignored here, as where a shell without job control started the build in the"
                        + " background: start it in the foreground");
    }
}
