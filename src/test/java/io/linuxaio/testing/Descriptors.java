package io.linuxaio.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The open descriptors of this process, as {@code /proc} shows them. */
public final class Descriptors {
    private static final Path OPEN = Path.of("/proc/self/fd");

    private Descriptors() {}

    /** What each refers to, sorted. */
    public static List<String> targets() {
        List<String> targets = new ArrayList<>();
        for (Path descriptor : list()) {
            String target = target(descriptor);
            if (target != null) {
                targets.add(target);
            }
        }
        targets.sort(null);
        return targets;
    }

    /** The flags with which the only open descriptor of a file was opened. */
    public static int flags(Path file) throws IOException {
        String wanted = file.toRealPath().toString();
        List<Path> found =
                list().stream().filter(each -> wanted.equals(target(each))).toList();
        if (found.size() != 1) {
            throw new AssertionError(file + " is open " + found.size() + " times");
        }
        String number = found.getFirst().getFileName().toString();
        return Files.readAllLines(Path.of("/proc/self/fdinfo", number)).stream()
                .filter(line -> line.startsWith("flags:"))
                .mapToInt(line -> Integer.parseInt(line.substring(6).strip(), 8))
                .findFirst()
                .orElseThrow();
    }

    /** Whether a file is open. */
    public static boolean isOpen(Path file) throws IOException {
        return targets().contains(file.toRealPath().toString());
    }

    private static List<Path> list() {
        try (Stream<Path> all = Files.list(OPEN)) {
            return all.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Null for one that is closed meanwhile, such as the one by which the list was read. */
    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException gone) {
            return null;
        }
    }
}
