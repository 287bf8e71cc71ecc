package io.linuxaio.artemis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.LinuxAio;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioContext;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts on which it cannot work: an older JVM, a missing jar, no native access, a limit, files that others have. */
@OnRealKernel
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HostIT {
    private static final Path JVMS = Path.of("/usr/lib/jvm");

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    /** Prints if the API is loaded, and the reason if not. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] arguments) {
            System.out.println("loaded: " + LibaioContext.isLoaded());
            try {
                LibaioContext.freeBuffer(LibaioContext.newAlignedBuffer(512, 512));
            } catch (UnsatisfiedLinkError e) {
                System.out.println("error: " + e.getMessage());
            }
        }
    }

    @Test
    void onAnOlderJvmOneLineSaysSo() throws Exception {
        Path java = olderJava();
        Path probe = compiledForOlderJava(java);
        String path = System.getProperty("io.linuxaio.test.class-path");
        String output = Command.succeed(
                java.toString(), "-cp", Path.of("target", "classes") + ":" + probe + ":" + path, "OldProbe");
        String reason = "linux-aio requires Java 25, and this is Java ";
        assertThat(output).contains("loaded: false").contains(reason);
        assertThat(output.lines().filter(line -> line.contains(reason))).hasSize(1);
    }

    private static Path olderJava() throws Exception {
        Assumptions.assumeTrue(Files.isDirectory(JVMS), "an older JVM is in /usr/lib/jvm");
        try (Stream<Path> jvms = Files.list(JVMS)) {
            return jvms.filter(jvm -> jvm.getFileName().toString().matches("java-(11|17|21)-openjdk.*"))
                    .map(jvm -> jvm.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseGet(() -> Assumptions.abort("an older JVM is in /usr/lib/jvm"));
        }
    }

    private Path compiledForOlderJava(Path java) throws Exception {
        Path source = directory.resolve("OldProbe.java");
        Files.writeString(source, """
                public class OldProbe {
                    public static void main(String[] arguments) {
                        System.out.println("loaded: "
                            + org.apache.activemq.artemis.nativo.jlibaio.LibaioContext.isLoaded());
                    }
                }
                """);
        Path javac = Path.of(System.getProperty("java.home"), "bin", "javac");
        Command.succeed(
                javac.toString(),
                "--release",
                "11",
                "-cp",
                Path.of("target", "classes").toString(),
                "-d",
                directory.toString(),
                source.toString());
        return directory;
    }

    @Test
    void withoutTheJarOfTheLibraryOneLineSaysSo() throws Exception {
        String slf4j = Stream.of(
                        System.getProperty("io.linuxaio.test.class-path").split(":"))
                .filter(jar -> jar.contains("slf4j"))
                .reduce((one, other) -> one + ":" + other)
                .orElseThrow();
        String output = Command.succeed(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Path.of("target", "classes") + ":" + Path.of("target", "test-classes") + ":" + slf4j,
                Probe.class.getName());
        assertThat(output)
                .contains("loaded: false", "error: ASYNCIO is not available: the jar of linux-aio is missing");
    }

    @Test
    void withoutNativeAccessItIsNotLoadedIfTheJvmDeniesIt() throws Exception {
        String output = ChildJvm.of(Probe.class)
                .withoutNativeAccess()
                .option("--illegal-native-access=deny")
                .succeed();
        assertThat(output).contains("loaded: false").containsIgnoringCase("native-access");
    }

    @Test
    void theMessageNamesTheLimitThatIsUsedUp() {
        long max = LinuxAio.limits().max();
        Assumptions.assumeTrue(max < 1 << 20, "aio-max-nr is too high to exhaust");
        assertThatThrownBy(() -> new LibaioContext<Outcomes>((int) max, true, true))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("aio-max-nr")
                .hasMessageContaining("sysctl");
        assertThat(LinuxAio.limits().used()).isLessThan(max);
    }

    @Test
    void aLockOfAnotherProcessExcludesThisOne() throws Exception {
        Command.assumeInstalled("flock");
        Path path = Files.createFile(directory.resolve("lock"));
        Process other = new ProcessBuilder("flock", path.toString(), "sh", "-c", "echo locked; read line").start();
        LibaioFile<?> file = LibaioContext.openControlFile(path.toString(), true);
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("locked");
            assertThat(file.lock()).isFalse();
            other.outputWriter().close();
            other.waitFor();
            assertThat(file.lock()).isTrue();
        } finally {
            other.destroyForcibly();
            file.close();
        }
    }

    @Test
    void aSecondBrokerOnTheSameJournalDoesNotStart() throws Exception {
        try (Broker broker = new Broker(directory)) {
            List<String> output = BrokerChild.jvm()
                    .run("start", directory.toString())
                    .output()
                    .lines()
                    .toList();
            assertThat(output)
                    .anyMatch(line -> line.startsWith("refused: "))
                    .noneMatch(line -> line.contains("SequentialFileFactory"));
            try (Broker.Sender sender = broker.sender()) {
                sender.send(1, 100);
            }
            assertThat(broker.receiveAll()).containsExactly(1L);
        }
        assertThat(BrokerChild.jvm().succeed("start", directory.toString())).contains("AIOSequentialFileFactory");
    }
}
