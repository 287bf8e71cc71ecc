package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.FakeRequest;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/**
 * Contexts and files over the kernel in memory. Resources still open at the end are closed, and nothing may leak.
 *
 * <p>Tests run in separate threads, since the interrupt of a timeout does not end the wait for a future.
 */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class FakeKernelFixture {
    public static final int BLOCK = 4096;
    public static final Path PATH = Path.of("/fake/data");

    public final FakeKernel kernel = new FakeKernel();
    public final AioArena arena = AioArena.ofShared();
    private final List<AioContext> contexts = new ArrayList<>();
    private final List<AioFile> files = new ArrayList<>();

    AioContext open(AioContext.Builder builder) throws IOException {
        AioContext context = builder.open(kernel);
        contexts.add(context);
        return context;
    }

    public AioContext open(int depth) throws IOException {
        return open(AioContext.builder().queueDepth(depth));
    }

    /** Opens a file for reading and writing, and creates it if it is missing. */
    public AioFile file(AioContext context) throws IOException {
        AioFile file = AioFile.open(
                kernel,
                context,
                PATH,
                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
        files.add(file);
        return file;
    }

    public MemorySegment block(int fill) {
        return arena.allocate(BLOCK).fill((byte) fill);
    }

    public byte[] contents() {
        return kernel.contents(PATH.toString());
    }

    static byte[] bytes(MemorySegment segment) {
        return segment.toArray(JAVA_BYTE);
    }

    /** Returns the exception of a failed future. */
    public static Throwable failure(CompletableFuture<?> future) {
        try {
            Object result = future.join();
            throw new AssertionError("unexpectedly succeeded with " + result);
        } catch (CompletionException e) {
            return e.getCause();
        }
    }

    public static void assertFailsWith(CompletableFuture<?> future, String symbol, long transferred) {
        assertThat(failure(future)).isInstanceOfSatisfying(AioException.class, e -> {
            assertThat(e.errnoName()).isEqualTo(symbol);
            assertThat(e.bytesTransferred()).isEqualTo(transferred);
        });
    }

    // With a limit of its own: that of the class is for tests, and a file whose operation got lost never closes.
    /** Returns the requests that were accepted after so many submissions, without wakeups. */
    List<FakeRequest> requestsSince(int submission) {
        return kernel.submissions().stream()
                .skip(submission)
                .flatMap(one -> one.accepted().stream())
                .filter(request -> !request.device())
                .toList();
    }

    @AfterEach
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void nothingIsLeft() throws IOException, InterruptedException {
        kernel.releaseAll();
        for (AioContext context : contexts) {
            context.shutdown();
            assertThat(context.awaitTermination(Duration.ofSeconds(10)))
                    .as("closed")
                    .isTrue();
            AioStats stats = context.stats();
            assertThat(stats.inFlight()).as("in flight").isZero();
            assertThat(stats.succeeded() + stats.failed()).as("completed").isEqualTo(stats.submitted());
        }
        // First of all, since closing a file would wait for what holds it too.
        assertThat(arena.inFlight()).as("uses of the arena").isZero();
        for (AioFile file : files) {
            file.close();
        }
        assertThat(kernel.openContexts()).as("contexts").isZero();
        assertThat(kernel.openDescriptors()).as("descriptors").isZero();
        assertThat(kernel.destroyedTooEarly()).as("contexts with lost results").isZero();
        arena.close();
    }
}
