package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.testing.Await;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The thread that wakes a reaper whose wakeup the kernel refuses, which inherits nothing from the closing thread. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InheritedNothingTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final FakeKernel kernel = new FakeKernel();
    private final AtomicInteger inherited = new AtomicInteger();

    private static Optional<Thread> waker() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().endsWith("inheriting-waker"))
                .findAny();
    }

    @Test
    void theThreadThatWakesTheReaperInheritsNothing() throws Exception {
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>() {
            @Override
            protected String childValue(String parent) {
                inherited.incrementAndGet();
                return parent;
            }
        };
        AioContext aio =
                AioContext.builder().queueDepth(2).threadName("inheriting").open(kernel);
        kernel.awaitWaiting();
        kernel.fixResult(FakeCall.SUBMIT, -Errno.EAGAIN);
        ThreadGroup group = new ThreadGroup("user");
        ClassLoader loader = new ClassLoader() {};
        Thread user = Thread.ofPlatform()
                .group(group)
                .priority(Thread.MIN_PRIORITY)
                .unstarted(() -> {
                    local.set("the user's");
                    aio.shutdown();
                });
        user.setContextClassLoader(loader);
        user.start();
        user.join();

        Await.until("the reaper is being woken", () -> waker().isPresent());
        Thread waker = waker().orElseThrow();
        assertThat(waker.getThreadGroup()).isNotSameAs(group);
        assertThat(waker.getContextClassLoader()).isSameAs(ClassLoader.getSystemClassLoader());
        assertThat(waker.getPriority()).isEqualTo(Thread.NORM_PRIORITY);
        assertThat(waker.isDaemon()).isTrue();
        assertThat(inherited).hasValue(0);

        kernel.endFixedResult(FakeCall.SUBMIT);
        assertThat(aio.awaitTermination(LONG)).isTrue();
        waker.join(LONG);
        assertThat(waker.isAlive()).isFalse();
    }
}
