package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.System.Logger.Level;
import org.junit.jupiter.api.Test;

/** Those who log go on after errors: one in the saying of it does not end them. */
class LogTest {
    private int asked;

    private String words() {
        asked++;
        throw new OutOfMemoryError("of a test");
    }

    @Test
    void whatWasCaughtCannotBeSaid() {
        Log.log(Level.ERROR, "of a test", new Exception() {
            @Override
            public String toString() {
                return words();
            }
        });

        assertThat(asked).isPositive();
    }

    @Test
    void aParameterCannotBeSaid() {
        Log.log(Level.ERROR, "of a test: {0}", new Object() {
            @Override
            public String toString() {
                return words();
            }
        });

        assertThat(asked).isPositive();
    }
}
