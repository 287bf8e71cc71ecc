package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioReadChannel;
import io.linuxaio.files.AioWriteChannel;
import io.linuxaio.files.AioWriteOption;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Descriptors;
import io.linuxaio.testing.KernelContexts;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An {@code Error} thrown by each call into the kernel in turn while a whole file is read or written. */
@OnRealKernel
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WholeFileErrorsIT {
    private static final int LENGTH = 3 * 4096 + 5;
    private static final int BLOCK = 4096;
    private static final int MAX_CALLS = 150;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final AioArena arena = AioArena.ofShared();
    private final MemorySegment memory = arena.allocate(LENGTH);

    /** Handles a file of {@link #LENGTH} bytes. */
    private interface Attempt {
        void run(AioContext aio, Path source, Path target) throws Exception;
    }

    /** The operation during which a call throws. */
    private enum Use {
        READ,
        READ_ALL,
        WRITE,
        ATOMIC_REPLACE,
        COPY,
        READ_CHANNEL,
        WRITE_CHANNEL
    }

    private Attempt attempt(Use use) {
        return switch (use) {
            case READ -> (aio, source, target) -> await(AioFiles.using(aio).read(source, 1, memory));
            case READ_ALL -> (aio, source, target) -> await(AioFiles.using(aio).readAllBytes(source));
            case WRITE -> (aio, source, target) -> await(AioFiles.using(aio).write(target, memory));
            case ATOMIC_REPLACE ->
                (aio, source, target) ->
                        await(AioFiles.using(aio).write(target, memory, AioWriteOption.ATOMIC_REPLACE));
            case COPY ->
                (aio, source, target) -> await(AioFiles.using(aio)
                        .withBlockSize(BLOCK)
                        .withDepth(2)
                        .copy(source, target, (_, _) -> {}, StandardCopyOption.REPLACE_EXISTING));
            case READ_CHANNEL ->
                (aio, source, target) -> {
                    try (AioReadChannel channel = AioFiles.using(aio)
                            .withBlockSize(BLOCK)
                            .withDepth(2)
                            .newReadChannel(source)) {
                        channel.read(ByteBuffer.allocate(LENGTH));
                    }
                };
            case WRITE_CHANNEL ->
                (aio, source, target) -> {
                    try (AioWriteChannel channel = AioFiles.using(aio)
                            .withBlockSize(BLOCK)
                            .withDepth(2)
                            .newWriteChannel(target, StandardOpenOption.WRITE, StandardOpenOption.DSYNC)) {
                        channel.write(ByteBuffer.allocate(LENGTH));
                    }
                };
        };
    }

    private static void await(CompletableFuture<?> future) throws Exception {
        try {
            future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOfAny(IOException.class, TestError.class);
        }
    }

    /** An {@code OutOfMemoryError} that tests can distinguish from a real one. */
    private static final class TestError extends OutOfMemoryError {
        private static final long serialVersionUID = 1;

        TestError() {
            super("of the test");
        }
    }

    private Set<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @ParameterizedTest
    @EnumSource
    void errorsLeakNeitherDescriptorsNorContexts(Use use) throws Exception {
        Path source = Files.write(directory.resolve("source"), new byte[LENGTH]);
        Path target = Files.write(directory.resolve("target"), new byte[0]);
        ThrowingKernel throwing = new ThrowingKernel(LinuxAio.kernel());
        Attempt attempt = attempt(use);
        int thrown = 0;
        try (AioContext aio = AioContext.builder().queueDepth(4).open(throwing.kernel())) {
            for (int i = 0; i < 4; i++) {
                attempt.run(aio, source, target);
            }
            int descriptors = Descriptors.targets().size();
            int contexts = KernelContexts.count();
            for (ThrowingKernel.Moment moment : ThrowingKernel.Moment.values()) {
                String at = "";
                for (int calls = 0; at != null && calls < MAX_CALLS; calls++) {
                    throwing.arm(calls, moment, new TestError());
                    try {
                        attempt.run(aio, source, target);
                    } catch (TestError | IOException e) {
                        // The caller knows of it.
                    }
                    at = throwing.disarm();
                    thrown += at == null ? 0 : 1;
                    String where = moment + " call " + calls + ": " + at;
                    Await.until(
                            where + ": all slots are free", () -> aio.stats().inFlight() == 0);
                    Await.until(where + ": the memory is free", () -> arena.inFlight() == 0);
                    Await.until(
                            where + ": no descriptor is left",
                            () -> Descriptors.targets().size() <= descriptors);
                    assertThat(names()).as(where).containsExactlyInAnyOrder("source", "target");
                }
            }
            assertThat(KernelContexts.count()).isLessThanOrEqualTo(contexts);
            attempt.run(aio, source, target);
            aio.shutdown();
            assertThat(aio.awaitTermination(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(thrown).isPositive();
        arena.close();
    }
}
