package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example of the README, which is compiled, run and tested. */
class ReadmeTest {
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void theExampleIsTheCompiledOne() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String example = Files.readString(Path.of("src/test/readme/demo/Example.java"));

        assertThat(JAVA.matcher(readme).results().map(block -> block.group(1))).contains(example);
    }
}
