package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A file that is created if it is absent takes one call if the last one was absent, or present, too. */
class OpenOrCreateTest extends FakeKernelFixture {
    private AioContext aio;

    @BeforeEach
    void open() throws IOException {
        aio = open(8);
    }

    private long callsToOpen(String path) throws IOException {
        long before = kernel.count(FakeCall.OPEN);
        aio.open(Path.of(path), StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                .close();
        return kernel.count(FakeCall.OPEN) - before;
    }

    @Test
    void aSeriesOfNewFilesTakesOneCallForEach() throws IOException {
        callsToOpen("/new-1");
        assertThat(callsToOpen("/new-2")).isEqualTo(1);
        assertThat(callsToOpen("/new-3")).isEqualTo(1);
    }

    @Test
    void aSeriesOfPresentFilesTakesOneCallForEach() throws IOException {
        kernel.put("/present", new byte[10]);
        callsToOpen("/new");
        assertThat(callsToOpen("/present")).as("after a new one").isEqualTo(2);
        assertThat(callsToOpen("/present")).isEqualTo(1);
        assertThat(callsToOpen("/another")).as("after one that was present").isEqualTo(2);
        assertThat(kernel.contents("/present")).hasSize(10);
    }

    @Test
    void anErrorOfCreatingDoesNotKeepAPresentFileFromBeingOpened() throws IOException {
        kernel.put("/present", new byte[10]);
        callsToOpen("/new");
        kernel.fail(FakeCall.OPEN, Errno.EACCES, 1);
        assertThat(callsToOpen("/present")).isEqualTo(2);
    }

    @Test
    void theFailureIsThatOfThePresentFile() throws IOException {
        kernel.put("/present", new byte[10]);
        callsToOpen("/new");
        kernel.fail(FakeCall.OPEN, Errno.EACCES, 2);
        assertThatThrownBy(() -> callsToOpen("/present"))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessage("/present");
    }
}
