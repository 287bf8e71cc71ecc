package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * Fault injection into the system calls of a program. Each fault is an expression of {@code strace -e inject=}; its
 * {@code when=} counts the calls of each thread separately.
 */
public final class Strace {
    private static final Path STRACE = Path.of("/usr/bin/strace");

    private final Path log;
    private final List<String> command = new ArrayList<>();

    private Strace(Path log) {
        this.log = log;
        // Only the named calls are traced: a JVM makes very many others.
        command.addAll(List.of("strace", "-f", "--seccomp-bpf", "-qq", "-o", log.toString()));
    }

    /** Injects faults into a program; the trace is written to a directory. Skips the test if that is impossible. */
    public static Strace inject(Path directory, String... faults) throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(STRACE), "strace is not installed: apt install strace");
        Assumptions.assumeTrue(
                Command.run(List.of("strace", "-o", "/dev/null", "true")).exit() == 0,
                "strace may not trace here (ptrace is denied)");
        Strace strace = new Strace(Files.createTempFile(directory, "strace", ".log"));
        List<String> calls = new ArrayList<>();
        for (String fault : faults) {
            calls.add(fault.substring(0, fault.indexOf(':')));
        }
        strace.command.addAll(List.of("-e", "trace=" + String.join(",", calls)));
        for (String fault : faults) {
            strace.command.addAll(List.of("-e", "inject=" + fault));
        }
        return strace;
    }

    /** Restricts the faults to calls on one file. */
    public Strace onlyOn(Path file) {
        command.addAll(List.of("-P", file.toString()));
        return this;
    }

    /** Returns the command prefix for the program's command line. */
    public String[] command() {
        return command.toArray(String[]::new);
    }

    /** Returns the number of injected faults. */
    public long injected() throws IOException {
        try (var lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("(INJECTED)") || line.contains("(DELAYED)"))
                    .count();
        }
    }
}
