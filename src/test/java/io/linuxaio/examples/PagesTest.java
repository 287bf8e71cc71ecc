package io.linuxaio.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The code on the pages, which is code of the examples, word for word but for the indentation. */
class PagesTest {
    private static final Path PAGES = Path.of("src/docs");
    private static final Path EXAMPLES = Path.of("src/test/java/io/linuxaio/examples");
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:IT|Test))#(\\w+)`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");

    @Test
    void codeOfPagesIsCompiledAndRun() throws IOException {
        List<String> examples = texts(EXAMPLES, ".java");
        List<String> blocks = texts(PAGES, ".md").stream()
                .flatMap(page -> JAVA.matcher(page).results().map(block -> block.group(1)))
                .toList();

        assertThat(blocks)
                .hasSizeGreaterThan(10)
                .allSatisfy(block -> assertThat(examples)
                        .anyMatch(example -> withoutIndentation(example).contains(withoutIndentation(block))));
    }

    private static String withoutIndentation(String code) {
        return code.lines()
                .map(String::strip)
                .filter(line -> !line.startsWith("// @"))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void linksOfPagesAreValid() throws IOException {
        for (String page : texts(PAGES, ".md")) {
            assertThat(LINK.matcher(page).results().map(link -> PAGES.resolve(link.group(1))))
                    .allSatisfy(target -> assertThat(target).exists());
        }
    }

    @Test
    void testsNamedInTheTableOfBreaksExist() throws IOException {
        Map<String, String> tests;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            tests = files.filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            PagesTest::text,
                            String::concat));
        }
        String inherited = String.join("", tests.values());
        List<MatchResult> named =
                TEST.matcher(text(PAGES.resolve("mutations.md"))).results().toList();

        assertThat(named).hasSizeGreaterThan(100).allSatisfy(test -> {
            assertThat(tests).containsKey(test.group(1));
            assertThat(inherited).contains(" " + test.group(2) + "(");
        });
    }

    private static List<String> texts(Path directory, String ending) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> chosen = files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
            return chosen.stream().map(PagesTest::text).toList();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(file.toString(), e);
        }
    }
}
