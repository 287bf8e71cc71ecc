package io.linuxaio.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Execution of external programs. */
public final class Command {
    private static final long SECONDS = 60;

    private Command() {}

    /** The exit status of a program, and its combined output. */
    public record Result(int exit, String output) {}

    /** Runs a program and returns its result, whatever its exit status. */
    public static Result run(List<String> command) throws IOException {
        Path output = Files.createTempFile(Files.createDirectories(Path.of("target")), "command", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                    throw new AssertionError("the program did not exit: " + command + "\n" + Files.readString(output));
                }
                return new Result(process.exitValue(), Files.readString(output));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while it ran: " + command, e);
            } finally {
                process.destroyForcibly();
            }
        } finally {
            Files.delete(output);
        }
    }

    /** Runs a program, requires that it succeeds, and returns its output. */
    public static String succeed(String... command) throws IOException {
        Result result = run(List.of(command));
        if (result.exit() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + result.output());
        }
        return result.output();
    }

    /** As {@link #succeed}, but a failure skips the test: root in a container may lack privileges. */
    public static String succeedOrSkip(String... command) throws IOException {
        Result result = run(List.of(command));
        Assumptions.assumeTrue(
                result.exit() == 0,
                () -> String.join(" ", command) + " is not possible here: "
                        + result.output()
                                .lines()
                                .filter(line -> !line.isBlank())
                                .findFirst()
                                .orElse("no reason given"));
        return result.output();
    }

    /** Skips the test if processes cannot be traced. */
    public static void assumeTracing() throws IOException {
        assumeInstalled("strace");
        succeedOrSkip("strace", "-o", "/dev/null", "true");
    }

    /** Skips the test if a program is not installed. */
    public static void assumeInstalled(String program) {
        boolean found = List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin").stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
        Assumptions.assumeTrue(found, program + " is not installed: apt install " + packageOf(program));
    }

    private static String packageOf(String program) {
        return switch (program) {
            case "setpriv", "prlimit", "fsfreeze", "mount", "unshare", "losetup" -> "util-linux mount";
            case "mkfs.ext4", "chattr" -> "e2fsprogs";
            case "setfacl", "getfacl" -> "acl";
            case "setfattr", "getfattr" -> "attr";
            case "setcap", "getcap" -> "libcap2-bin";
            case "mkfs.xfs", "xfs_io" -> "xfsprogs";
            case "mkfs.btrfs" -> "btrfs-progs";
            default -> program;
        };
    }

    /** Skips the test unless it runs as root. */
    public static void assumeRoot(String why) {
        Assumptions.assumeTrue(isRoot(), "only root " + why);
    }

    /** Returns {@code true} if this process runs as root. */
    public static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
