package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.engine.KernelAioContextFixture;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Waits of callbacks for other contexts: a wait that would close a cycle is refused, and no other is. */
class CallbackCyclesTest extends KernelAioContextFixture {
    private static final int SPARE = SLOTS - 1;

    private final CallingThread first = new CallingThread();
    private final CallingThread second = new CallingThread();
    private final CallingThread third = new CallingThread();

    /** A context whose results a given thread delivers. */
    private final class Context {
        private final RingLock lock = new RingLock(engine, SPARE);
        private final Reaper reaper;

        Context(CallingThread deliverer) {
            reaper = new Reaper(
                    kernel,
                    engine,
                    new SlotPool(new Slot[] {engine.slot(0)}),
                    engine.slot(SPARE),
                    lock,
                    new AdaptiveReapPolicy(true, AdaptiveReapPolicy.PATIENCE),
                    null,
                    "reaper that is not started",
                    _ -> deliverer.thread);
        }
    }

    /** A thread that carries out one call after the other, and notes the waits it has begun. */
    private static final class CallingThread {
        private final LinkedBlockingQueue<Runnable> calls = new LinkedBlockingQueue<>();
        private final Thread thread = Thread.ofPlatform().daemon().start(this::run);

        private void run() {
            try {
                while (true) {
                    calls.take().run();
                }
            } catch (InterruptedException e) {
                // The end of the test.
            }
        }

        private <T> T call(Supplier<T> body) {
            CompletableFuture<T> result = new CompletableFuture<>();
            calls.add(() -> {
                try {
                    result.complete(body.get());
                } catch (RuntimeException | Error e) {
                    result.completeExceptionally(e);
                }
            });
            return result.join();
        }

        private Reaper beginWait(Context target) {
            return call(() -> CallbackWaits.begin(target.reaper));
        }

        private void endWait(Reaper previous) {
            call(() -> {
                CallbackWaits.end(previous);
                return null;
            });
        }

        private void assertRefused(Context target) {
            assertThatThrownBy(() -> beginWait(target))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a callback must not wait");
        }
    }

    @AfterEach
    void endAllWaits() throws InterruptedException {
        for (CallingThread one : new CallingThread[] {first, second, third}) {
            one.endWait(null);
            one.thread.interrupt();
            one.thread.join();
        }
    }

    @Test
    void aWaitForAContextThatTheSameThreadDeliversIsRefused() {
        Context own = new Context(first);

        first.assertRefused(own);
    }

    @Test
    void aWaitForAContextThatWaitsForNothingBegins() {
        assertThat(first.beginWait(new Context(second))).isNull();
    }

    @Test
    void aWaitThatClosesACycleOfThreeIsRefused() {
        Context ofFirst = new Context(first);
        Context ofSecond = new Context(second);
        Context ofThird = new Context(third);
        first.beginWait(ofSecond);
        second.beginWait(ofThird);

        third.assertRefused(ofFirst);
    }

    @Test
    void aThreadThatReapsForACallerCountsLikeTheReaper() {
        Context ofFirst = new Context(first);
        Context led = new Context(third);
        led.lock.unreserve();
        assertThat(second.call(led.lock::tryLock)).isTrue();
        first.beginWait(led);

        second.assertRefused(ofFirst);
        second.assertRefused(led);
    }

    @Test
    void aWaitThatHasEndedClosesNoCycle() {
        Context ofFirst = new Context(first);
        Context ofSecond = new Context(second);
        first.endWait(first.beginWait(ofSecond));

        assertThat(second.beginWait(ofFirst)).isNull();
    }

    @Test
    void aRefusedWaitIsNotNoted() {
        Context ofFirst = new Context(first);
        Context ofSecond = new Context(second);
        first.beginWait(ofSecond);
        second.assertRefused(ofFirst);
        first.endWait(null);

        assertThat(first.beginWait(ofSecond)).isNull();
    }

    /** A callback that runs while another callback of the same thread waits. */
    @Test
    void theOuterWaitCountsAgainWhenTheInnerOneHasEnded() {
        Context ofFirst = new Context(first);
        Context ofSecond = new Context(second);
        Context ofThird = new Context(third);
        first.beginWait(ofSecond);
        Reaper outer = first.beginWait(ofThird);
        assertThat(outer).isSameAs(ofSecond.reaper);
        first.endWait(outer);

        assertThat(third.beginWait(ofFirst)).isNull();
        second.assertRefused(ofFirst);
    }

    /** Rings change hands while callbacks wait, so that threads other than the calling one may be in a cycle. */
    @Test
    void aCycleOfOtherThreadsDoesNotHoldUpTheSearch() {
        Context ofSecond = new Context(second);
        Context ofThird = new Context(third);
        ofThird.lock.unreserve();
        second.beginWait(ofThird);
        assertThat(second.call(ofThird.lock::tryLock)).isTrue();

        assertThat(first.beginWait(ofSecond)).isNull();
    }
}
