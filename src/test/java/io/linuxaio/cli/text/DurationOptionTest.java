package io.linuxaio.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** The parser of durations. */
class DurationOptionTest {
    @ParameterizedTest
    @CsvSource({"10, 10000", "0.5s, 500", "200ms, 200", "2m, 120000", "1h, 3600000", "0, 0", "1.25 S, 1250"})
    void parsesDurations(String text, long millis) {
        assertThat(new DurationOption().convert(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "-1", "1d", "1e3", "1,5", "9999999999", "999999999h"})
    void refusesInvalidDurations(String text) {
        assertThatThrownBy(() -> new DurationOption().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "' is");
    }
}
