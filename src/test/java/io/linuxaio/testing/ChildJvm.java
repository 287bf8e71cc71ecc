package io.linuxaio.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM of its own for a class with a main method: under a tool, a limit, or with other options. */
public final class ChildJvm {
    private static final Path CLASSES = Path.of("target", "classes").toAbsolutePath();
    private static final Path TEST_CLASSES = Path.of("target", "test-classes").toAbsolutePath();

    /** The additional class path of a child: the library, for tests of modules that use it. */
    private static final String MORE = System.getProperty("io.linuxaio.test.class-path", "");

    /** The system properties of this JVM that a child inherits. */
    private static final List<String> HANDED_DOWN =
            List.of(BackendCondition.BACKEND, "io.linuxaio.ring", "io.linuxaio.waiters");

    private final Class<?> program;
    private final List<String> prefix = new ArrayList<>();
    private final List<String> options = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    private boolean modular;
    private boolean nativeAccess = true;

    private ChildJvm(Class<?> program) {
        this.program = program;
        options.addAll(handedDown());
    }

    /** Returns the options of this JVM that a child inherits. */
    public static List<String> handedDown() {
        List<String> options = new ArrayList<>();
        for (String property : HANDED_DOWN) {
            String value = System.getProperty(property);
            if (value != null) {
                options.add("-D" + property + "=" + value);
            }
        }
        return options;
    }

    /** Prepares to run a class. */
    public static ChildJvm of(Class<?> program) {
        return new ChildJvm(program);
    }

    /** Runs it through another program, whose last arguments are the command line of the JVM. */
    public ChildJvm by(String... command) {
        prefix.addAll(List.of(command));
        return this;
    }

    /** Adds an option of the JVM. */
    public ChildJvm option(String option) {
        options.add(option);
        return this;
    }

    /** Puts the library on the module path. */
    public ChildJvm modular() {
        modular = true;
        return this;
    }

    /** Omits the flag that enables native access. */
    public ChildJvm withoutNativeAccess() {
        nativeAccess = false;
        return this;
    }

    /** Runs it and waits for its exit. */
    public Command.Result run(String... arguments) throws IOException {
        return Command.run(command(arguments));
    }

    /** Starts it with both outputs redirected to a file; the caller terminates it. */
    public Process start(Path output, String... arguments) throws IOException {
        return new ProcessBuilder(command(arguments))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** Starts it; the caller reads its output from the process. */
    public Process start(String... arguments) throws IOException {
        return new ProcessBuilder(command(arguments)).redirectErrorStream(true).start();
    }

    private List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        if (nativeAccess) {
            command.add("--enable-native-access=" + (modular ? "io.linuxaio" : "ALL-UNNAMED"));
        }
        if (modular) {
            command.addAll(List.of(
                    "--module-path",
                    CLASSES.toString(),
                    "--patch-module",
                    "io.linuxaio=" + TEST_CLASSES,
                    "--module",
                    "io.linuxaio/" + program.getName()));
        } else {
            command.addAll(List.of(
                    "--class-path",
                    CLASSES + ":" + TEST_CLASSES + (MORE.isEmpty() ? "" : ":" + MORE),
                    program.getName()));
        }
        command.addAll(List.of(arguments));
        return command;
    }

    /** Runs it, requires that it succeeds, and returns its output. */
    public String succeed(String... arguments) throws IOException {
        Command.Result result = run(arguments);
        if (result.exit() != 0) {
            throw new AssertionError("exit code " + result.exit() + ": " + result.output());
        }
        return result.output();
    }
}
