package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * A JUnit extension that waits until the host has kernel AIO contexts to spare: other processes of the host may use up
 * {@code aio-max-nr} for a while. If that does not end, the tests of the class are skipped, with the figures.
 */
public final class FreeKernelContexts implements BeforeAllCallback {
    /** The number of events that the tests of a class may take at the same time. */
    static final long WANTED = 8192;

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Path LIMITS = Path.of("/proc/sys/fs");

    private final Path limits;
    private final Duration patience;

    /** Creates the extension for the limits of the host. */
    public FreeKernelContexts() {
        this(LIMITS, PATIENCE);
    }

    FreeKernelContexts(Path limits, Duration patience) {
        this.limits = limits;
        this.patience = patience;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        require();
    }

    /** Returns if enough contexts are free, at once or after a while. */
    void require() {
        if (!hasEnough() && !Await.becomes(this::hasEnough, patience)) {
            throw new TestAbortedException("other processes use up fs.aio-max-nr: " + number("aio-nr") + " of "
                    + number("aio-max-nr") + " events are taken, for more than " + patience.toSeconds() + " s");
        }
    }

    /** A host with a lower limit runs the tests, too: those that need more say so themselves. */
    private boolean hasEnough() {
        long max = number("aio-max-nr");
        return max - number("aio-nr") >= Math.min(WANTED, max / 2);
    }

    long number(String file) {
        try {
            // Files.readString reads a single byte of a file without a length, and sysctl files return nothing after
            // that.
            return Long.parseLong(
                    Files.readAllLines(limits.resolve(file)).getFirst().strip());
        } catch (IOException | NumberFormatException e) {
            // A kernel without the file limits nothing.
            return file.equals("aio-nr") ? 0 : Long.MAX_VALUE;
        }
    }
}
