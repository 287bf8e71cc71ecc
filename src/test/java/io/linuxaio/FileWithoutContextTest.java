package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.FakeCall;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A file that was opened without a context starts none: its own asynchronous methods throw. */
class FileWithoutContextTest extends FakeKernelFixture {
    private static void assertRefused(AioFile file, MemorySegment block) {
        MemorySegment[] blocks = {block};
        List<ThrowingCallable> calls = List.of(
                () -> file.read(block, 0),
                () -> file.write(block, 0),
                () -> file.readv(blocks, 0),
                () -> file.writev(blocks, 0),
                file::sync,
                file::dataSync);
        assertThat(calls)
                .allSatisfy(call -> assertThatThrownBy(call)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContainingAll(
                                PATH.toString(), "AioContext.open", "context.read(file", "AioQueue", "AioFiles"));
    }

    @Test
    void itsAsynchronousMethodsNameTheCallsToUse() throws IOException {
        AioFile file = file(null);
        MemorySegment block = block(1);

        assertRefused(file, block);
        assertRefused(file.with(AioRequestFlag.DSYNC), block);
        assertRefused(file.with(new AioPriority(AioPriority.Kind.IDLE, 0)), block);

        assertThat(kernel.calls()).doesNotContain(FakeCall.SETUP);
        file.close();
        assertRefused(file, block);
    }

    @Test
    void contextsBatchesAndQueuesAcceptIt() throws IOException {
        AioFile file = file(null);
        AioContext aio = open(2);

        assertThat(aio.write(file, block(1), 0).join()).isEqualTo(BLOCK);
        aio.sync(file).join();
        AioBatch batch = aio.batch();
        var read = batch.read(file, block(0), 0);
        batch.submit();
        assertThat(read.join()).isEqualTo(BLOCK);
        try (AioQueue queue = AioQueue.open(kernel, 1)) {
            queue.prepareWrite(file, block(2), BLOCK, 7);
            queue.submit();
            queue.await(
                    1,
                    Duration.ofSeconds(10),
                    (userData, result) ->
                            assertThat(List.of(userData, (long) result)).containsExactly(7L, (long) BLOCK));
        }
        assertThat(file.size()).isEqualTo(2L * BLOCK);
    }
}
