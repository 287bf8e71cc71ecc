package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The signal dispositions of child programs. They inherit ignored signals, which a JVM leaves ignored. */
public final class Signals {
    /** {@code SIGINT}. */
    public static final int INT = 2;

    private Signals() {}

    /** Skips the test if child programs ignore a signal. */
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
