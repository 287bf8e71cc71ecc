package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The outcome of a job on files, in its future. */
@Timeout(60)
class FileJobTest {
    /** The JVM has one such error for a full heap, which may be thrown twice. */
    private static final OutOfMemoryError FULL = new OutOfMemoryError("of the test");

    private static Object readWithoutMemory() {
        try (AutoCloseable _ = () -> {
            throw FULL;
        }) {
            throw FULL;
        } catch (Exception e) {
            throw (RuntimeException) e;
        }
    }

    @Test
    void aLackOfMemoryThatAlsoEndsClosingIsReportedAsSuch() {
        CompletableFuture<Object> future = FileIoExecutor.run(FileJobTest::readWithoutMemory, null);

        assertThat(future)
                .failsWithin(30, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .withCause(FULL);
    }
}
