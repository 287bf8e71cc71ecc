package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A control group that limits threads, below the root of the pids controller (cgroup v1 or v2). Requires root. */
public final class PidsCgroup implements AutoCloseable {
    private static final Path V1 = Path.of("/sys/fs/cgroup/pids");
    private static final Path V2 = Path.of("/sys/fs/cgroup");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path group;

    private PidsCgroup(Path group) {
        this.group = group;
    }

    /** Creates a group, or skips the test. */
    public static PidsCgroup create(String name) throws IOException {
        Command.assumeRoot("can create a control group");
        Path group = root().resolve(name + "-" + ProcessHandle.current().pid());
        try {
            Files.createDirectory(group);
        } catch (IOException e) {
            Assumptions.abort("no control group can be created: " + e);
        }
        PidsCgroup made = new PidsCgroup(group);
        if (!Files.exists(group.resolve("pids.max"))) {
            made.close();
            Assumptions.abort("the pids controller is not available for " + group);
        }
        return made;
    }

    private static Path root() {
        if (Files.isDirectory(V1)) {
            return V1;
        }
        try {
            Files.writeString(V2.resolve("cgroup.subtree_control"), "+pids");
        } catch (IOException e) {
            // It may be on already; otherwise there will be no pids.max.
        }
        return V2;
    }

    /** Returns the command prefix that runs another command in the group. */
    public List<String> entering() {
        return List.of("sh", "-c", "echo $$ > " + group.resolve("cgroup.procs") + " && exec \"$@\"", "sh");
    }

    /** Returns the directory of the group, for {@link #freeze} in a process of the group. */
    public Path directory() {
        return group;
    }

    /** Limits the group to its present number of threads. */
    public static void freeze(Path group) throws IOException {
        Files.writeString(
                group.resolve("pids.max"),
                Files.readString(group.resolve("pids.current")).strip());
    }

    /** Removes the limit. */
    public static void thaw(Path group) throws IOException {
        Files.writeString(group.resolve("pids.max"), "max");
    }

    /** Removes the group after its last process has exited. */
    @Override
    public void close() {
        Await.becomes(() -> group.toFile().delete(), PATIENCE);
    }
}
