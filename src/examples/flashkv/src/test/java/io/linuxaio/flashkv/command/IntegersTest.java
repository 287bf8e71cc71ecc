package io.linuxaio.flashkv.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntegersTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 10, -10, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 1, Long.MIN_VALUE + 1})
    void numbersAreParsed(long number) throws Exception {
        assertThat(Integers.parse(Integers.format(number))).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "+1",
                " 1",
                "1 ",
                "01",
                "-0",
                "-01",
                "1.0",
                "a",
                "9223372036854775808",
                "-9223372036854775809",
                "92233720368547758070",
                "99999999999999999999999"
            })
    void otherSpellingsAreRefused(String text) {
        assertThatThrownBy(() -> Integers.parse(text.getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(CommandException.class);
    }

    @Test
    void patternsMatchAsGlobsDo() {
        assertThat(matches("*", "")).isTrue();
        assertThat(matches("h?llo", "hello")).isTrue();
        assertThat(matches("h?llo", "hllo")).isFalse();
        assertThat(matches("h*o", "hello")).isTrue();
        assertThat(matches("*l*l*", "hello")).isTrue();
        assertThat(matches("*l*l*l*", "hello")).isFalse();
        assertThat(matches("h[ae]llo", "hallo")).isTrue();
        assertThat(matches("h[^e]llo", "hello")).isFalse();
        assertThat(matches("h[a-c]llo", "hbllo")).isTrue();
        assertThat(matches("h[c-a]llo", "hbllo")).isTrue();
        assertThat(matches("h\\*llo", "h*llo")).isTrue();
        assertThat(matches("h\\*llo", "hxllo")).isFalse();
        assertThat(matches("[", "[")).isFalse();
        assertThat(matches("a\\", "a\\")).isTrue();
        assertThat(matches("[\\]]", "]")).isTrue();
        assertThat(matches("", "")).isTrue();
        assertThat(matches("", "a")).isFalse();
    }

    @Test
    void aPatternOfStarsDoesNotTakeForever() {
        assertThat(matches("*a".repeat(500) + "b", "a".repeat(20_000))).isFalse();
    }

    private static boolean matches(String pattern, String text) {
        return new Glob(pattern.getBytes(StandardCharsets.US_ASCII)).matches(text.getBytes(StandardCharsets.US_ASCII));
    }
}
