package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.internal.kernel.FakeRequest;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Operations are tried without blocking as long as that is worth it, and handed over where it is not. */
class NeverBlockTest extends FakeKernelFixture {
    private static final int RWF_NOWAIT = 8;

    private AioContext aio;
    private AioFile file;

    @BeforeEach
    void open() throws IOException {
        aio = open(AioContext.builder().queueDepth(2).submission(AioSubmission.NEVER_BLOCK));
        file = file(aio);
    }

    private void write(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(file.write(block(1), 0).join()).isEqualTo(BLOCK);
        }
    }

    private void refuse(int times) {
        for (int i = 0; i < times; i++) {
            kernel.script(FakeOutcome.error(Errno.EAGAIN), FakeOutcome.NORMAL);
        }
    }

    private List<Integer> flagsOfRequests() {
        return kernel.requests().stream().map(FakeRequest::rwFlags).toList();
    }

    @Test
    void whatWouldBlockIsDoneByTheHelperWithoutTheFlag() {
        refuse(1);

        write(1);

        assertThat(flagsOfRequests()).containsExactly(RWF_NOWAIT, 0);
        assertThat(aio.stats().handedOver()).isEqualTo(1);
    }

    @Test
    void aFlagThatTheFilesystemDoesNotKnowIsTriedOnce() {
        kernel.script(FakeOutcome.error(Errno.EOPNOTSUPP));

        write(3);

        assertThat(flagsOfRequests()).containsExactly(RWF_NOWAIT, 0, 0, 0);
        // Of reads nothing is known yet.
        assertThat(file.read(block(2), 0).join()).isEqualTo(BLOCK);
        assertThat(flagsOfRequests()).endsWith(RWF_NOWAIT);
    }

    @Test
    void afterRefusalsInARowThereIsAPause() {
        refuse(16);
        write(16);
        assertThat(aio.stats().handedOver()).isEqualTo(16);
        int before = kernel.requests().size();

        write(1000);

        assertThat(flagsOfRequests().subList(before, before + 1000)).containsOnly(0);
        write(1);
        assertThat(flagsOfRequests()).endsWith(RWF_NOWAIT);
        assertThat(aio.stats().handedOver()).isEqualTo(1016);
    }

    @Test
    void refusalsThatAreNotInARowEndNothing() {
        for (int i = 0; i < 20; i++) {
            refuse(1);
            write(2);
        }

        assertThat(aio.stats().handedOver()).isEqualTo(20);
    }

    @Test
    void whoAskedForNoWaitingHimselfIsTold() throws IOException {
        kernel.script(FakeOutcome.error(Errno.EAGAIN));

        assertFailsWith(file.with(AioFlag.NOWAIT).write(block(1), 0), "EAGAIN", 0);
        assertThat(aio.stats().handedOver()).isZero();
    }
}
