package io.linuxaio.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ClassFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The option of the compiler that joins strings without code generated at run time. */
final class StringJoiningTest {
    @Test
    void noClassJoinsStringsByCodeGeneratedAtRunTime() throws IOException {
        assertThat(ClassFiles.joiningStringsByGeneratedCode(Path.of("target", "classes")))
                .isEmpty();
    }
}
