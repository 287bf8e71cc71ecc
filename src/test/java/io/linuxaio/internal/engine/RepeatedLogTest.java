package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.LogLines;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines of the log, and those that would otherwise repeat. */
@Timeout(60)
class RepeatedLogTest {
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final long MARGIN_NANOS = 50_000_000;

    @Test
    void aLineIsLoggedOnceASecond() {
        RepeatedLog line = new RepeatedLog(System.Logger.Level.WARNING, "of a test: {0}");
        try (LogLines log = new LogLines()) {
            long first = System.nanoTime();
            line.log(1);
            line.log(2);
            line.log(4);
            assertUnlessSlow(log, first, "of a test: 1");

            Backoff.sleep(SECOND_NANOS);
            line.log(3);

            assertThat(log.lines().getLast()).matches("of a test: 3 \\([0-9]+ more since the last such line\\)");
        }
    }

    @Test
    void aMessageAloneIsLogged() {
        try (LogLines log = new LogLines()) {
            new RepeatedLog(System.Logger.Level.WARNING, "of a test: nothing else").log();

            assertThat(log.lines()).containsExactly("of a test: nothing else");
        }
    }

    @Test
    void anExceptionIsLoggedOnceASecond() {
        RepeatedLog line = new RepeatedLog(System.Logger.Level.WARNING, "of a test: an exception");
        try (LogLines log = new LogLines()) {
            long first = System.nanoTime();
            line.log(new IllegalStateException());
            line.log(new IllegalStateException());

            assertUnlessSlow(log, first, "of a test: an exception");
        }
    }

    /** Asserts that nothing but a line was logged, unless this thread had to wait for the processor for so long. */
    private static void assertUnlessSlow(LogLines log, long start, String line) {
        List<String> lines = List.copyOf(log.lines());
        if (System.nanoTime() - start < SECOND_NANOS - MARGIN_NANOS) {
            assertThat(lines).containsExactly(line);
        }
    }

    @Test
    void aThreadThatContinuesLogsTheErrorAfterAPause() {
        List<LogRecord> entries = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                entries.add(entry);
            }

            @Override
            public void flush() {
                // Nothing is buffered.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        Logger logger = Logger.getLogger("io.linuxaio");
        Error error = new StackOverflowError("of a test");
        logger.addHandler(handler);
        try {
            Log.continueAfter(error);
            assertThat(entries).hasSize(1).allMatch(entry -> entry.getThrown() == error);

            logger.setLevel(Level.OFF);
            long start = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                Log.continueAfter(error);
            }

            // A pause may end early; most do not.
            assertThat(System.nanoTime() - start).isGreaterThan(10_000_000);
        } finally {
            logger.setLevel(null);
            logger.removeHandler(handler);
        }
    }
}
