package io.linuxaio.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The open descriptors of this process, read from {@code /proc}. */
public final class Descriptors {
    private static final Path OPEN = Path.of("/proc/self/fd");

    private Descriptors() {}

    /** Returns the target of each descriptor, sorted. */
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

    /** Returns the flags of the only open descriptor of a file. */
    public static int flags(Path file) throws IOException {
        List<Integer> flags = allFlags(file.toRealPath().toString());
        if (flags.size() != 1) {
            throw new AssertionError(file + " is open " + flags.size() + " times");
        }
        return flags.getFirst();
    }

    /** Returns the flags of each open descriptor of a target, except the three standard ones. */
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

    /** Returns {@code true} if a file is open. */
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

    /** Returns null for a descriptor closed meanwhile, such as the one used to read the list. */
    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException gone) {
            return null;
        }
    }
}
