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

/** The openings of documentation comments, which are verbs or noun phrases as in the JDK, and the names of tests. */
class CommentsTest {
    private static final Pattern OPENING = Pattern.compile("/\\*\\*\\s+(?:\\* )?"
            + "((?:What|Who|Whoever|Whatever|Whether|Where|How|Of|Nobody|Somebody|Tells|Hears|Says|Sees) [^\n]*)");
    private static final Pattern TEST_METHOD = Pattern.compile(
            "@(?:Test|ParameterizedTest|RepeatedTest|TestFactory)\\b[\\s\\S]+?\\b(?:void|Stream<\\w+>) (\\w+)\\(");
    private static final Pattern QUESTION =
            Pattern.compile("(?:who|whoever|what|whatever|whether|where|nobody|somebody)[A-Z]\\w*"
                    + "|\\w*(?:Whoever|Nobody|Somebody|Tells?|Told|Hears?|Folders?)(?![a-z])\\w*");

    private static List<String> find(Pattern pattern, Pattern refused, String... roots) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources(roots)) {
            Matcher matches = pattern.matcher(Files.readString(file));
            while (matches.find()) {
                if (refused.matcher(matches.group(1)).matches()) {
                    found.add(file + ": " + matches.group(1));
                }
            }
        }
        return found;
    }

    private static List<Path> sources(String... roots) throws IOException {
        List<Path> all = new ArrayList<>();
        for (String root : roots) {
            try (Stream<Path> files = Files.walk(Path.of(root))) {
                files.filter(file -> file.toString().endsWith(".java")
                                && !file.toString().contains("/target/"))
                        .forEach(all::add);
            }
        }
        return all;
    }

    @Test
    void noCommentOpensWithAQuestion() throws IOException {
        assertThat(find(
                        OPENING,
                        Pattern.compile(".*"),
                        "src/main/java",
                        "src/cli/java",
                        "src/test/java",
                        "src/it",
                        "src/build",
                        "src/integrations",
                        "src/examples",
                        "jmh/src"))
                .isEmpty();
    }

    @Test
    void noTestNameIsAQuestion() throws IOException {
        String[] roots = {"src/test/java", "src/integrations", "src/examples", "jmh/src/test"};
        assertThat(find(TEST_METHOD, Pattern.compile("\\w+"), roots))
                .as("names of tests")
                .hasSizeGreaterThan(1000);

        assertThat(find(TEST_METHOD, QUESTION, roots)).isEmpty();
    }
}
