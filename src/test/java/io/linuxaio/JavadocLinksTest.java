package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The links of the published Javadoc. Without parentheses, a link to a method first finds a private field of that name.
 * The tool then writes plain text without a warning.
 */
class JavadocLinksTest {
    private static final Path SOURCES = Path.of("src/main/java/io/linuxaio");
    private static final Pattern LINK = Pattern.compile("\\{@link(?:plain)?\\s(?:\\s*\\*)?\\s*(\\w*)#(\\w+)(?=[\\s}])");

    @Test
    void noLinkNamesAPrivateFieldInsteadOfTheMethod() throws IOException {
        List<String> dead = new ArrayList<>();
        int links = 0;
        for (Path source : sources()) {
            String own = source.getFileName().toString().replace(".java", "");
            for (MatchResult link :
                    LINK.matcher(Files.readString(source)).results().toList()) {
                links++;
                if (isPrivateField(link.group(1).isEmpty() ? own : link.group(1), link.group(2))) {
                    dead.add(source + ": " + link.group());
                }
            }
        }

        assertThat(links).isGreaterThan(50);
        assertThat(dead).isEmpty();
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    private static boolean isPrivateField(String type, String name) {
        try {
            Class<?> owner = Class.forName("io.linuxaio." + type);
            return Arrays.stream(owner.getDeclaredFields())
                            .anyMatch(field -> field.getName().equals(name) && Modifier.isPrivate(field.getModifiers()))
                    && Arrays.stream(owner.getDeclaredMethods())
                            .anyMatch(method -> method.getName().equals(name));
        } catch (ClassNotFoundException e) {
            // A type of the JDK, whose private fields Javadoc does not see.
            return false;
        }
    }
}
