package io.linuxaio.cli.runtime;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The state of the descriptors 0, 1 and 2 when the process started.
 *
 * <p>If one of them is closed, the JVM opens one of its own files under that number: a program that then reads standard
 * input reads the JDK. These files of the JVM are known by name, and are open only once.
 *
 * @param input {@code true} if standard input can be read
 * @param output {@code true} if standard output can be written
 * @param error {@code true} if standard error can be written
 * @param errorIsOutput {@code true} if standard output and standard error are the same file, pipe or socket
 */
public record StandardStreams(boolean input, boolean output, boolean error, boolean errorIsOutput) {
    /** The streams of a process whose parent has opened all three. */
    static final StandardStreams OPEN = new StandardStreams(true, true, true, false);

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int READ_ONLY = 0;
    private static final int WRITE_ONLY = 1;

    /** Inspects the descriptors of this process. */
    static StandardStreams ofProcess() {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return OPEN;
        }
        String output = target(1);
        String error = target(2);
        return new StandardStreams(
                isOpen(0, target(0), WRITE_ONLY),
                isOpen(1, output, READ_ONLY),
                isOpen(2, error, READ_ONLY),
                output != null && output.equals(error) && !output.startsWith("/dev/"));
    }

    private static boolean isOpen(int descriptor, String target, int excludedMode) {
        return target != null && accessMode(descriptor) != excludedMode && !isOfJvm(target);
    }

    private static String target(int descriptor) {
        try {
            return Files.readSymbolicLink(DESCRIPTORS.resolve(Integer.toString(descriptor)))
                    .toString();
        } catch (IOException closed) {
            return null;
        }
    }

    /** Returns {@code true} for a file of the JVM. It is open a second time if it is standard input as well. */
    private static boolean isOfJvm(String target) {
        return target.startsWith("/")
                && (target.equals(real(Path.of(System.getProperty("java.home"), "lib", "modules")))
                        || target.equals(real(Path.of(System.getProperty("java.class.path", "")))))
                && timesOpen(target) < 2;
    }

    private static String real(Path file) {
        try {
            return file.toRealPath().toString();
        } catch (IOException unknown) {
            return "";
        }
    }

    private static int timesOpen(String target) {
        int times = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                if (target.equals(
                        target(Integer.parseInt(descriptor.getFileName().toString())))) {
                    times++;
                }
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException unknown) {
            return 0;
        }
        return times;
    }

    /** Returns the access mode of a descriptor: read and write if it is unknown. */
    private static int accessMode(int descriptor) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo", Integer.toString(descriptor)))) {
                if (line.startsWith("flags:")) {
                    return Integer.parseInt(line.substring("flags:".length()).strip(), 8) & 3;
                }
            }
        } catch (IOException | NumberFormatException unknown) {
            // The read or write reports the failure.
        }
        return 2;
    }
}
