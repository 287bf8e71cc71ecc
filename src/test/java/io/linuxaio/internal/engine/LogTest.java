package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.System.Logger.Level;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logging that fails: callers continue despite errors in handlers and messages. */
class LogTest {
    private int asked;

    private String words() {
        asked++;
        throw new OutOfMemoryError("of a test");
    }

    @Test
    void aThrowableWhoseTextThrowsIsIgnored() {
        Log.log(Level.ERROR, "of a test", new Exception() {
            @Override
            public String toString() {
                return words();
            }
        });

        assertThat(asked).isPositive();
    }

    /** A handler of the application may throw. */
    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class, AssertionError.class})
    void aLoggerThatThrowsIsIgnored(Class<? extends Throwable> kind) {
        Handler handler = new ThrowingHandler(kind);
        Logger logger = Logger.getLogger("io.linuxaio");
        logger.addHandler(handler);
        try {
            Log.log(Level.ERROR, "of a test: {0}", 1);
            Log.log(Level.ERROR, "of a test", new Exception());
            new RepeatedLog(Level.ERROR, "of a test: {0}").log(2);
        } finally {
            logger.removeHandler(handler);
        }

        assertThat(asked).isEqualTo(3);
    }

    private final class ThrowingHandler extends Handler {
        private final Class<? extends Throwable> kind;

        ThrowingHandler(Class<? extends Throwable> kind) {
            this.kind = kind;
        }

        @Override
        public void publish(LogRecord entry) {
            asked++;
            LogTest.<RuntimeException>raise(kind);
        }

        @Override
        public void flush() {
            // Nothing is buffered.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    @SuppressWarnings("unchecked") // Thrown whatever it is.
    private static <T extends Throwable> void raise(Class<? extends Throwable> kind) throws T {
        try {
            throw (T) kind.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void aParameterWhoseTextThrowsIsIgnored() {
        Log.log(Level.ERROR, "of a test: {0}", new Object() {
            @Override
            public String toString() {
                return words();
            }
        });

        assertThat(asked).isPositive();
    }
}
