package io.linuxaio.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioArena;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.ForeignCall;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Arenas that are closed while native code outside the library uses their memory. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForeignUseTest {
    private final AioArena arena = AioArena.ofShared();
    private final MemorySegment memory = arena.allocate(4096);

    @Test
    void closeThrowsAndLeavesTheArenaOpen() {
        try (ForeignCall call = ForeignCall.using(memory)) {
            assertThatThrownBy(arena::close).isInstanceOf(IllegalStateException.class);
            assertThat(arena.allocate(4096).byteSize()).isEqualTo(4096);
            call.end();
        }
        arena.close();
        assertThat(memory.scope().isAlive()).isFalse();
    }

    @Test
    void closeWhenIdleFreesTheMemoryAfterTheCall() {
        try (ForeignCall call = ForeignCall.using(memory)) {
            arena.closeWhenIdle();
            assertThat(memory.scope().isAlive()).isTrue();
            assertThatThrownBy(() -> arena.allocate(1)).isInstanceOf(IllegalStateException.class);
            // Refused during the call, and not because it is closed already.
            assertThatThrownBy(arena::close).isInstanceOf(IllegalStateException.class);
            call.end();
        }
        Await.until("the memory is freed", () -> !memory.scope().isAlive());
        arena.closeWhenIdle();
    }

    @Test
    void aLaterCloseWhenIdleFreesTheMemoryAtOnce() {
        try (ForeignCall call = ForeignCall.using(memory)) {
            arena.closeWhenIdle();
            call.end();
        }
        arena.closeWhenIdle();
        Await.until("the memory is freed", () -> !memory.scope().isAlive());
    }
}
