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
        List<Integer> flags = allFlags(file.toRealPath().toString());
        if (flags.size() != 1) {
            throw new AssertionError(file + " is open " + flags.size() + " times");
        }
        return flags.getFirst();
    }

    /** The flags of each open descriptor of something, but for the three that each process is given. */
    public static List<Integer> allFlags(String target) throws IOException {
        List<Integer> flags = new ArrayList<>();
        for (Path descriptor : list()) {
            String number = descriptor.getFileName().toString();
            if (target.equals(target(descriptor)) && Integer.parseInt(number) > 2) {
                Files.readAllLines(Path.of("/proc/self/fdinfo", number)).stream()
                        .filter(line -> line.startsWith("flags:"))
                        .forEach(line ->
                                flags.add(Integer.parseInt(line.substring(6).strip(), 8)));
            }
        }
        return flags;
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
