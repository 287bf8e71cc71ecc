package io.linuxaio.log;

import static io.linuxaio.log.LogFixture.records;
import static io.linuxaio.log.LogFixture.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.PidsCgroup;
import io.linuxaio.testing.TargetDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Other processes, no memory, no threads, module path. */
@OnRealKernel
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class LogHostileIT {
    private static final InheritableThreadLocal<String> INHERITED = new InheritableThreadLocal<>();

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void aSecondProcessIsRefusedUntilTheFirstHasClosed() throws Exception {
        Process holder = ChildJvm.of(LogChild.class).start("hold", directory.toString());
        try {
            assertThat(holder.inputReader().readLine()).isEqualTo("open");
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> records(directory)).hasMessageContaining("open in another process");
            }
            holder.outputWriter().append('\n').flush();
            assertThat(holder.waitFor()).isZero();
            assertThat(records(directory)).hasSize(1);
        } finally {
            holder.destroyForcibly().waitFor();
        }
    }

    @Test
    void aRefusedSecondWriterInThisProcessDoesNotOpenTheDirectoryToOthers() throws Exception {
        try (LogWriter log = small(directory).open()) {
            assertThatThrownBy(() -> records(directory)).hasMessageContaining("open already in this process");
            assertThatThrownBy(() -> records(directory.resolve("../" + directory.getFileName())))
                    .hasMessageContaining("open already in this process");
            Command.Result other = ChildJvm.of(LogChild.class).run("once", directory.toString());
            assertThat(other.exit()).isNotZero();
            assertThat(other.output()).contains("open in another process");
            log.append(new byte[1]).join();
        }
    }

    @Test
    void withoutMemoryNoFutureStaysIncomplete() throws Exception {
        String output = ChildJvm.of(LogChild.class).option("-Xmx48m").succeed("without-memory", directory.toString());
        assertThat(output).contains("complete: ");
    }

    @Test
    void appendsNearTheEndOfTheStackDoNotStopTheLog() throws Exception {
        String output = ChildJvm.of(LogChild.class)
                .option("-XX:MaxJavaStackTraceDepth=32")
                .succeed("near-the-end-of-the-stack", directory.toString());
        assertThat(output).containsPattern("overflows: [1-9]");
    }

    @Test
    void withoutAThreadTheLogDoesNotOpenAndCanBeOpenedLater() throws Exception {
        try (PidsCgroup group = PidsCgroup.create("linux-aio-log")) {
            String output = ChildJvm.of(LogChild.class)
                    .by(group.entering().toArray(String[]::new))
                    .succeed(
                            "without-threads",
                            directory.toString(),
                            group.directory().toString());
            assertThat(output).contains("refused: ").endsWith("[]\n");
        }
    }

    @Test
    void onTheModulePath() throws Exception {
        String output = Command.succeed(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=io.linuxaio",
                "--module-path",
                Path.of("target", "classes") + ":" + libraryJar(),
                "--patch-module",
                "io.linuxaio.log=" + Path.of("target", "test-classes"),
                "--module",
                "io.linuxaio.log/" + LogChild.class.getName(),
                "once",
                directory.toString());
        assertThat(output).isEqualTo("[] in module io.linuxaio.log\n");
    }

    private static String libraryJar() {
        return List.of(System.getProperty("io.linuxaio.test.class-path", "").split(":"))
                .getFirst();
    }

    @Test
    void threadsInheritNothing() throws Exception {
        CompletableFuture<Thread> seen = new CompletableFuture<>();
        ThreadGroup group = new ThreadGroup("user");
        ClassLoader loader = new ClassLoader() {};
        CompletableFuture<String> local = new CompletableFuture<>();
        Thread user = Thread.ofPlatform()
                .group(group)
                .priority(Thread.MIN_PRIORITY)
                .unstarted(() -> {
                    INHERITED.set("the user's");
                    try (LogWriter log = small(directory).open()) {
                        LogThread.run(log, () -> {
                            local.complete(INHERITED.get());
                            seen.complete(Thread.currentThread());
                        });
                        seen.join();
                    } catch (Exception e) {
                        seen.completeExceptionally(e);
                    }
                });
        user.setContextClassLoader(loader);
        user.start();
        Thread thread = seen.get(60, TimeUnit.SECONDS);
        assertThat(local.get()).isNull();
        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getContextClassLoader()).isNotSameAs(loader);
        assertThat(thread.getPriority()).isEqualTo(Thread.NORM_PRIORITY);
        assertThat(thread.getThreadGroup()).isNotSameAs(group);
        user.join();
    }
}
