package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The public API as a committed listing: every public type of the exported packages, with its public and protected
 * constructors, methods and fields. A change of the API is a change of that file, which a reviewer sees.
 */
class PublicApiTest {
    private static final Path LISTING = Path.of("src/test/api/public-api.txt");
    private static final String UPDATE = "io.linuxaio.test.update-api";
    private static final List<String> EXPORTED = List.of("io/linuxaio", "io/linuxaio/files");

    @Test
    void theApiIsTheCommittedListing() throws IOException {
        List<String> api = api();
        if (Boolean.getBoolean(UPDATE)) {
            Files.createDirectories(LISTING.getParent());
            Files.write(LISTING, api);
        }

        assertThat(api)
                .as(
                        "the public API, which differs from %s. If the change is intended, say so in CHANGELOG.md, and"
                                + " rewrite the listing:%nmvn test -Dtest=PublicApiTest -D%s=true",
                        LISTING, UPDATE)
                .isEqualTo(Files.readAllLines(LISTING));
    }

    private static List<String> api() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Class<?> type : publicTypes()) {
            lines.add(describe(type));
            TreeSet<String> members = new TreeSet<>();
            Stream.of(type.getDeclaredConstructors(), type.getDeclaredMethods(), type.getDeclaredFields())
                    .flatMap(Arrays::stream)
                    .filter(member -> isApi((Member) member))
                    .forEach(member -> members.add("    " + describe(member)));
            lines.addAll(members);
        }
        return lines;
    }

    private static List<Class<?>> publicTypes() throws IOException {
        Path classes = Path.of(AioFile.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        List<String> names = new ArrayList<>();
        for (String exported : EXPORTED) {
            try (Stream<Path> files = Files.list(classes.resolve(exported))) {
                files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(".class") && !name.equals("package-info.class"))
                        .map(name -> exported.replace('/', '.') + "." + name.replace(".class", ""))
                        .forEach(names::add);
            }
        }
        Collections.sort(names);
        List<Class<?>> types = new ArrayList<>();
        for (String name : names) {
            Class<?> type = load(name);
            if (isPublic(type)) {
                types.add(type);
            }
        }
        return types;
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, AioFile.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(name, e);
        }
    }

    // A nested type is as accessible as the types around it.
    private static boolean isPublic(Class<?> type) {
        int access = type.getModifiers();
        return (Modifier.isPublic(access) || Modifier.isProtected(access))
                && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
    }

    private static boolean isApi(Member member) {
        int access = member.getModifiers();
        return (Modifier.isPublic(access) || Modifier.isProtected(access)) && !member.isSynthetic();
    }

    private static String describe(Class<?> type) {
        StringBuilder text = new StringBuilder(type.toGenericString());
        if (type.getGenericSuperclass() != null && type.getSuperclass() != Object.class) {
            text.append(" extends ").append(type.getGenericSuperclass().getTypeName());
        }
        if (type.getInterfaces().length > 0) {
            text.append(type.isInterface() ? " extends " : " implements ")
                    .append(Arrays.stream(type.getGenericInterfaces())
                            .map(implemented -> implemented.getTypeName())
                            .collect(Collectors.joining(", ")));
        }
        if (type.isSealed()) {
            text.append(" permits ")
                    .append(Arrays.stream(type.getPermittedSubclasses())
                            .map(Class::getName)
                            .collect(Collectors.joining(", ")));
        }
        return deprecated(type) + text;
    }

    // "synchronized" and "native" bind no caller; the type stands in the line above.
    private static String describe(AnnotatedElement member) {
        String text = switch (member) {
            case Constructor<?> constructor -> constructor.toGenericString();
            case Method method -> method.toGenericString();
            case Field field -> field.toGenericString();
            default -> throw new AssertionError(member);
        };
        String declaring = ((Member) member).getDeclaringClass().getName();
        return deprecated(member)
                + text.replace("synchronized ", "").replace("native ", "").replace(" " + declaring + ".", " ");
    }

    private static String deprecated(AnnotatedElement element) {
        return element.isAnnotationPresent(Deprecated.class) ? "@Deprecated " : "";
    }
}
