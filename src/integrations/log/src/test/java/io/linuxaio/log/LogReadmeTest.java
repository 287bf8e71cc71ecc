package io.linuxaio.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The README shows the example that the tests run, and the numbers of the code. */
class LogReadmeTest {
    private final String readme = Files.readString(Path.of("README.md"));

    LogReadmeTest() throws IOException {}

    @Test
    void theExampleIsTheOneThatRuns() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/linuxaio/log/LogExample.java"));
        String region =
                source.substring(source.indexOf('\n', source.indexOf("@start")) + 1, source.indexOf("    // @end"));
        int start = readme.indexOf("```java\n") + "```java\n".length();
        assertThat(readme.substring(start, readme.indexOf("```", start)).strip())
                .isEqualTo(region.stripTrailing().stripIndent());
    }

    @Test
    void theVersionIsTheOneThatIsBuilt() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        String version = pom.substring(pom.indexOf("<version>") + "<version>".length(), pom.indexOf("</version>"));
        assertThat(readme).contains("<version>" + version + "</version>");
        assertThat(readme).contains("Version " + SegmentHeader.VERSION + ".");
    }
}
