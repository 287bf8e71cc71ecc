package io.linuxaio.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioSubmitMode;
import io.linuxaio.files.AioFiles;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Threads of the library, which inherit nothing from the thread that first needed them. */
@OnRealKernel
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class InheritedNothingIT {
    private static final InheritableThreadLocal<String> INHERITED = new InheritableThreadLocal<>();

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    /** The thread of a callback, and its view of the user's inheritable thread local. */
    private record Seen(Thread thread, String inherited) {
        static Seen now() {
            return new Seen(Thread.currentThread(), INHERITED.get());
        }
    }

    @Test
    void threadsInheritNothing() throws Exception {
        CompletableFuture<List<Seen>> seen = new CompletableFuture<>();
        ThreadGroup group = new ThreadGroup("user");
        ClassLoader loader = new ClassLoader() {};
        Thread user = Thread.ofPlatform()
                .group(group)
                .priority(Thread.MIN_PRIORITY)
                .unstarted(() -> {
                    INHERITED.set("the user's");
                    try {
                        seen.complete(use());
                    } catch (Throwable e) {
                        seen.completeExceptionally(e);
                    }
                });
        user.setContextClassLoader(loader);
        user.start();

        assertThat(seen.join())
                .isNotEmpty()
                .allSatisfy(each ->
                        assertThat(each.inherited()).as(each.thread().getName()).isNull());
        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("linux-aio"))
                .toList();
        assertThat(threads)
                .extracting(Thread::getName)
                .anyMatch(name -> name.startsWith("linux-aio-shared"))
                .anyMatch(name -> name.startsWith("linux-aio-files"));
        assertThat(threads).allSatisfy(thread -> {
            assertThat(thread.getContextClassLoader()).isNotSameAs(loader);
            assertThat(thread.getThreadGroup()).isNotSameAs(group);
            assertThat(thread.getPriority()).isEqualTo(Thread.NORM_PRIORITY);
            assertThat(thread.isDaemon()).isTrue();
        });
    }

    private List<Seen> use() throws IOException {
        Path path = directory.resolve("file");
        Seen files = AioFiles.write(path, new byte[10_000])
                .thenApply(_ -> Seen.now())
                .join();
        try (AioArena arena = AioArena.ofShared();
                AioContext own = AioContext.builder()
                        .submission(AioSubmitMode.NON_BLOCKING)
                        .open();
                AioFile file = own.open(path, StandardOpenOption.WRITE)) {
            // Whether the reaper or the caller runs it: only threads of the library are looked at.
            Seen reaper = file.write(arena.allocate(1 << 20), 0)
                    .thenApply(_ -> Seen.now())
                    .join();
            return List.of(files, reaper).stream()
                    .filter(each -> each.thread().getName().startsWith("linux-aio"))
                    .toList();
        }
    }
}
