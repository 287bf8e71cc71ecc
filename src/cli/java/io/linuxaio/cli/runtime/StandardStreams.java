package io.linuxaio.cli.runtime;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The descriptors 0, 1 and 2 as they were when the process started.
 *
 * <p>If one of them is closed, the JVM opens its own files in its place: a program that then reads standard input reads
 * the JDK. The files of the JVM that can be there are known by name, and are open once only.
 *
 * @param input whether standard input can be read
 * @param output whether standard output can be written
 * @param error whether standard error can be written
 * @param errorIsOutput whether standard output and standard error are the same file, pipe or socket
 */
public record StandardStreams(boolean input, boolean output, boolean error, boolean errorIsOutput) {
    /** The streams of a process whose parent gave it all three. */
    static final StandardStreams OPEN = new StandardStreams(true, true, true, false);

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int READ_ONLY = 0;
    private static final int WRITE_ONLY = 1;

    /** Looks at the descriptors of this process. */
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

    private static boolean isOpen(int descriptor, String target, int useless) {
        return target != null && accessMode(descriptor) != useless && !isOfJvm(target);
    }

    private static String target(int descriptor) {
        try {
            return Files.readSymbolicLink(DESCRIPTORS.resolve(Integer.toString(descriptor)))
                    .toString();
        } catch (IOException closed) {
            return null;
        }
    }

    /** A file of the JVM is open a second time if it was also given as standard input. */
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

    /** The access mode that the file was opened with; both, where it is not known. */
    private static int accessMode(int descriptor) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo", Integer.toString(descriptor)))) {
                if (line.startsWith("flags:")) {
                    return Integer.parseInt(line.substring("flags:".length()).strip(), 8) & 3;
                }
            }
        } catch (IOException | NumberFormatException unknown) {
            // Reading or writing reports it.
        }
        return 2;
    }
}
