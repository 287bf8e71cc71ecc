package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The openings of documentation comments, which are verbs or noun phrases as in the JDK, and of test names. */
class CommentsTest {
    private static final Pattern OPENING = Pattern.compile(
            "/\\*\\*\\s+(?:\\* )?((?:What|Who|Whoever|Whether|How|Of what|Tells|Hears|Says|Sees) [^\n]*)");

    private static List<Path> sources() throws IOException {
        List<Path> all = new ArrayList<>();
        for (String root : List.of("src/main/java", "src/cli/java", "jmh/src/main/java")) {
            try (Stream<Path> files = Files.walk(Path.of(root))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(all::add);
            }
        }
        return all;
    }

    @Test
    void noCommentOpensWithAQuestion() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources()) {
            Matcher openings = OPENING.matcher(Files.readString(file));
            while (openings.find()) {
                found.add(file + ": " + openings.group(1));
            }
        }

        assertThat(found).isEmpty();
    }
}
