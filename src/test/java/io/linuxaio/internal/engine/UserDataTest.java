package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserDataTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "5, 1", "2097151, -1", "2147483647, 2147483647", "1, -2147483648"})
    void indexAndGenerationAreKept(int index, int generation) {
        long data = UserData.of(index, generation);

        assertThat(UserData.index(data)).isEqualTo(index);
        assertThat(UserData.generation(data)).isEqualTo(generation);
    }
}
