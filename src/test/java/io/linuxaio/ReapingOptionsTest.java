package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of a context for reaping. */
class ReapingOptionsTest extends FakeKernelFixture {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void operationsCompleteWithBusyPolling(boolean callerReaping) throws IOException {
        AioContext aio = open(
                AioContext.builder().queueDepth(2).callerReaping(callerReaping).busyPoll(Duration.ofMillis(1)));
        AioFile file = file(aio);

        for (int i = 0; i < 100; i++) {
            assertThat(file.write(block(i), 0).join()).isEqualTo(BLOCK);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1_000_000_000})
    void busyPollingLastsUpToASecond(long nanos) {
        assertThat(AioContext.builder().busyPoll(Duration.ofNanos(nanos)).busyPollNanos())
                .isEqualTo(nanos);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1_000_000_001, Long.MAX_VALUE, Long.MIN_VALUE})
    void otherDurationsAreRefused(long nanos) {
        AioContext.Builder builder = AioContext.builder();

        assertThatThrownBy(() -> builder.busyPoll(Duration.ofNanos(nanos)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from 0 to 1 s");
        assertThat(builder.busyPollNanos()).isZero();
    }

    @Test
    void callersDoNotReapIfAnExecutorIsSet() {
        assertThat(AioContext.builder().callerReaping(true).callerReaping()).isTrue();
        assertThat(AioContext.builder().callerReaping(false).callerReaping()).isFalse();
        assertThat(AioContext.builder()
                        .callerReaping(true)
                        .completionExecutor(Runnable::run)
                        .callerReaping())
                .isFalse();
    }

    @Test
    void theRingIsNotABuilderOption() {
        assertThat(Arrays.stream(AioContext.Builder.class.getMethods()).map(Method::getName))
                .contains("callerReaping", "busyPoll")
                .doesNotContain("readsRing");
    }
}
