package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A control group that limits threads, below the root of the pids controller (cgroup v1 or v2). For root. */
public final class PidsCgroup implements AutoCloseable {
    private static final Path V1 = Path.of("/sys/fs/cgroup/pids");
    private static final Path V2 = Path.of("/sys/fs/cgroup");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path group;

    private PidsCgroup(Path group) {
        this.group = group;
    }

    /** Makes one, or skips the test. */
    public static PidsCgroup create(String name) throws IOException {
        Command.assumeRoot("can make a control group");
        Path group = root().resolve(name + "-" + ProcessHandle.current().pid());
        try {
            Files.createDirectory(group);
        } catch (IOException e) {
            Assumptions.abort("no control group can be made: " + e);
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

    /** The command that runs another in the group: to be put before it. */
    public List<String> entering() {
        return List.of("sh", "-c", "echo $$ > " + group.resolve("cgroup.procs") + " && exec \"$@\"", "sh");
    }

    /** Its folder, for {@link #freeze} in a process of the group. */
    public Path folder() {
        return group;
    }

    /** Lets no thread be started beyond those that there are. */
    public static void freeze(Path group) throws IOException {
        Files.writeString(
                group.resolve("pids.max"),
                Files.readString(group.resolve("pids.current")).strip());
    }

    /** Lets threads be started again. */
    public static void thaw(Path group) throws IOException {
        Files.writeString(group.resolve("pids.max"), "max");
    }

    /** Removes it, when its last process has gone. */
    @Override
    public void close() {
        Await.becomes(() -> group.toFile().delete(), PATIENCE);
    }
}
