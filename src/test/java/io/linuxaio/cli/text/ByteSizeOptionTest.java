package io.linuxaio.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** The parser of sizes, which refuses invalid ones with a valid example. */
class ByteSizeOptionTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "512, 512",
        "512b, 512",
        "4k, 4096",
        "4K, 4096",
        "4Ki, 4096",
        "4KiB, 4096",
        "4kib, 4096",
        "4kB, 4000",
        "4 KB, 4000",
        "1m, 1048576",
        "10MB, 10000000",
        "1.5g, 1610612736",
        "0.3k, 307",
        "2t, 2199023255552",
        "7p, 7881299347898368",
        "9223372036854775807, 9223372036854775807"
    })
    void parsesSizes(String text, long bytes) {
        assertThat(ByteSizeOption.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "4x", "-1", "1,5g", "0x10", "4kk", "1i", "1iB", "1e3", "4 k b"})
    void refusesInvalidSizes(String text) {
        assertThatThrownBy(() -> ByteSizeOption.parse(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "' is not a size")
                .hasMessageContaining("1.5g");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "8192p", "99999999999t"})
    void refusesSizesBeyondTheLargestFile(String text) {
        assertThatThrownBy(() -> ByteSizeOption.parse(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("too large");
    }
}
