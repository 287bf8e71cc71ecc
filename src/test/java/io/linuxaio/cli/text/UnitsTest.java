package io.linuxaio.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The format of sizes, times and rates for people. */
class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "327155712, 312.0 MiB",
        "1073741823, 1.0 GiB",
        "1073741824, 1.0 GiB",
        "9223372036854775807, 8.0 EiB"
    })
    void bytes(long bytes, String text) {
        assertThat(Units.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0:00", "0.2, 0:01", "5, 0:05", "59.5, 1:00", "754, 12:34", "3723, 1:02:03"})
    void clock(double seconds, String text) {
        assertThat(Units.clock(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 ns", "999, 999 ns", "1000, 1.0 us", "13249, 13.2 us", "4020000, 4.02 ms", "1500000000, 1.50 s"})
    void latency(long nanos, String text) {
        assertThat(Units.latency(nanos)).isEqualTo(text);
    }

    @Test
    void ratesAreInMillionsOfBytes() {
        assertThat(Units.rate(559_200_000, 1_000_000_000)).isEqualTo("559.2 MB/s");
    }

    @Test
    void aZeroDurationIsNotADivisionByZero() {
        assertThat(Units.rate(0, 0)).isEqualTo("0.0 MB/s");
    }

    @Test
    void partsNameTheTotalIfItIsKnown() {
        assertThat(Units.part(1024, 2048)).isEqualTo("1.0 KiB of 2.0 KiB");
        assertThat(Units.part(1024, -1)).isEqualTo("1.0 KiB");
    }
}
