package io.linuxaio.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The README shows the examples that the build compiles, and the version that it builds. */
class LuceneReadmeTest {
    private final String readme = Files.readString(Path.of("README.md"));

    LuceneReadmeTest() throws IOException {}

    @Test
    void theExamplesAreThoseThatAreCompiled() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/linuxaio/lucene/LuceneExample.java"));
        String[] parts = source.split("// @start region=\"[a-z]+\"\n");
        assertThat(parts).hasSize(3);
        for (int i = 1; i < parts.length; i++) {
            String region = parts[i].substring(0, parts[i].indexOf("    // @end"));
            assertThat(readme).contains("```java\n" + region.stripTrailing().stripIndent() + "\n```");
        }
    }

    @Test
    void theVersionsAreThoseThatAreBuilt() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        assertThat(readme).contains("<version>" + between(pom, "<version>", "</version>") + "</version>");
        assertThat(readme).contains("Lucene " + between(pom, "<version.lucene>", "</version.lucene>"));
    }

    private static String between(String text, String before, String after) {
        int start = text.indexOf(before) + before.length();
        return text.substring(start, text.indexOf(after, start));
    }
}
