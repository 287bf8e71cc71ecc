package io.linuxaio;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.FrozenVolume;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The base class of tests that hold operations in flight. */
abstract class HeldOperations {
    static final int BLOCK = 4096;
    static final int BLOCKS = 64;

    @TempDir(factory = TargetDirectory.class, cleanup = CleanupMode.ALWAYS)
    static Path directory;

    static FrozenVolume volume;

    Path path;
    AioArena arena;

    @BeforeAll
    static void mount() throws IOException {
        volume = FrozenVolume.in(directory);
    }

    @AfterAll
    static void unmount() throws IOException {
        if (volume != null) {
            volume.close();
            volume = null;
        }
    }

    @BeforeEach
    void prepareFile() throws IOException {
        path = volume.file("file", BLOCKS * BLOCK);
        arena = AioArena.ofShared();
    }

    @AfterEach
    void closeArena() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    AioFile open(AioContext aio) throws IOException {
        return aio.open(path, READ, WRITE);
    }

    /** Opens a file whose operations are never held. */
    AioFile openQuick(AioContext aio) throws IOException {
        return aio.open(Files.write(directory.resolve("not-held"), new byte[BLOCK]), READ);
    }

    /** Runs a callback on the reaper thread: it is attached before its operation is submitted. */
    <T> CompletableFuture<T> onReaper(AioContext aio, AioFile quick, Callable<T> callback) {
        AioBatch batch = aio.batch();
        CompletableFuture<T> result = batch.read(quick, arena.allocate(BLOCK), 0)
                .thenApply(_ -> {
                    assertThat(Thread.currentThread().getName()).startsWith("linux-aio-reaper");
                    try {
                        return callback.call();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
        batch.submit();
        return result;
    }

    /** Returns a block whose contents are derived from a number. */
    MemorySegment block(int number) {
        return Bytes.copy(arena, contents(number));
    }

    static byte[] contents(int number) {
        return Bytes.random(number, BLOCK);
    }

    /** Returns the contents of a block of the file. */
    byte[] inFile(int block) throws IOException {
        byte[] all = Files.readAllBytes(path);
        byte[] one = new byte[BLOCK];
        System.arraycopy(all, block * BLOCK, one, 0, BLOCK);
        return one;
    }

    /** A thread with the outcome of its task. */
    record Started<T>(Thread thread, FutureTask<T> task) {
        static <T> Started<T> platform(Callable<T> body) {
            FutureTask<T> task = new FutureTask<>(body);
            return new Started<>(Thread.ofPlatform().daemon().start(task), task);
        }

        static <T> Started<T> virtual(Callable<T> body) {
            FutureTask<T> task = new FutureTask<>(body);
            return new Started<>(Thread.ofVirtual().start(task), task);
        }

        T result() throws Exception {
            return task.get();
        }
    }
}
