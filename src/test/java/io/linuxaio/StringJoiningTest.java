package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ClassFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The option of the compiler that joins strings without code generated at run time. */
final class StringJoiningTest {
    @ParameterizedTest
    @ValueSource(strings = {"classes", "cli-classes", "test-classes"})
    void noClassJoinsStringsByCodeGeneratedAtRunTime(String classes) throws IOException {
        assertThat(ClassFiles.joiningStringsByGeneratedCode(Path.of("target", classes)))
                .isEmpty();
    }
}
