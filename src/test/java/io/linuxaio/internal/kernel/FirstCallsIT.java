package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.abi.io_event;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The first calls of a process, which use other method handles than later ones and return the same results. */
class FirstCallsIT extends RealKernelFixture {
    /** More than the number of first calls. */
    private static final int CALLS = 600;

    @BeforeEach
    void restart() {
        kernel = BackendSelector.choose(System.getProperty(BackendSelector.BACKEND_PROPERTY))
                .kernel();
    }

    @Test
    void requestsCompleteThroughoutCompilation() {
        MemorySegment block = block(1);

        for (int i = 0; i < CALLS; i++) {
            assertThat(run(write(i, block, 0))).as("request %d", i).isEqualTo(BLOCK);
        }
    }

    @Test
    void refusalsAreReportedThroughoutCompilation() {
        MemorySegment pointers = arena.allocate(JAVA_LONG);
        MemorySegment event = io_event.allocateArray(1, arena);

        for (int i = 0; i < CALLS; i++) {
            assertThat(kernel.submit(context, 1, pointers.address()))
                    .as("submit %d", i)
                    .isEqualTo(-Errno.EFAULT);
            assertThat(kernel.getEvents(0, 0, 1, event.address(), 0))
                    .as("getEvents %d", i)
                    .isEqualTo(-Errno.EINVAL);
        }
    }
}
