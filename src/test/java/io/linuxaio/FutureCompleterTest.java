package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.engine.KernelAioContextFixture;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.engine.reap.CompletionDispatcher;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.LogLines;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The delivery of results without a reaper: its order, its feedback, and completions that an error interrupts. */
class FutureCompleterTest extends KernelAioContextFixture {
    /** The number of tries in a row without progress that end a completion, after the first. */
    private static final int VAIN = 100;

    private static final long MILLISECOND = 1_000_000;

    private final AioArena memory = AioArena.ofShared();
    private final SlotPool pool = new SlotPool(new Slot[] {engine.slot(0), engine.slot(1), engine.slot(2)});
    private final List<Object> order = new ArrayList<>();
    private final Feedback feedback = new Feedback();
    private int tasks;

    @AfterEach
    void closeMemory() {
        memory.close();
    }

    private static final class Feedback implements CompletionDispatcher.CompletionFeedback {
        private int waitedFor;
        private int calledBack;

        @Override
        public void waitedFor() {
            waitedFor++;
        }

        @Override
        public void calledBack() {
            calledBack++;
        }
    }

    private FutureCompleter completer(Executor executor) {
        return new FutureCompleter(
                pool, executor, null, new ContextCounters(0), new JfrRecorder("of the test", SLOTS, pool), false);
    }

    /** A future whose completion throws so often, before or after the future is complete. */
    private static final class Troubled extends AioFuture<Integer> {
        private final Error error;
        private final boolean isDoneFirst;
        private int troubles;
        private int tries;

        /** The numbers of stages that are left after each try; the last one stays. */
        private int[] dependents = {1};

        Troubled(Error error, boolean isDoneFirst, int troubles) {
            super(null);
            this.error = error;
            this.isDoneFirst = isDoneFirst;
            this.troubles = troubles;
        }

        @Override
        void endAsNoted() {
            tries++;
            if (isDoneFirst) {
                super.endAsNoted();
            }
            if (troubles-- > 0) {
                throw error;
            }
            super.endAsNoted();
        }

        @Override
        public int getNumberOfDependents() {
            return dependents[Math.min(Math.max(tries, 1), dependents.length) - 1];
        }
    }

    private static Error error() {
        return new StackOverflowError("of the test");
    }

    /** Reaps the event of a write of so many bytes, whose result belongs to the future. */
    private Slot complete(FutureCompleter completer, AioFuture<?> future, int bytes) {
        Slot slot = pool.tryAcquire();
        assertThat(slot.acquire(file, memory.allocate(BLOCK))).isTrue();
        slot.prepare(Opcode.WRITE, 0, BLOCK, future, 0);
        slot.refuse(bytes);
        completer.onCompletion(slot);
        return slot;
    }

    private AioFuture<Integer> noting(Object name) {
        AioFuture<Integer> future = new AioFuture<>(null);
        future.thenRun(() -> order.add(name));
        return future;
    }

    @Test
    void resultsAreDeliveredInTheOrderOfTheirEvents() {
        FutureCompleter completer = completer(null);
        AioFuture<Integer> first = noting(1);
        AioFuture<Integer> second = noting(2);
        complete(completer, first, 512);
        complete(completer, second, 7);
        complete(completer, noting(3), 512);
        assertThat(first).isNotDone();

        completer.deliver(feedback);
        completer.deliver(feedback);

        assertThat(order).containsExactly(1, 2, 3);
        assertThat(first).isCompletedWithValue(512);
        assertThat(second).isCompletedWithValue(7);
        assertThat(feedback.calledBack).isEqualTo(3);
        assertThat(feedback.waitedFor).isZero();
    }

    @Test
    void theSlotIsFreeBeforeTheResultIsDelivered() {
        Slot slot = complete(completer(null), noting(1), 512);

        assertThat(pool.acquired()).isZero();
        assertThat(slot.file()).isNull();
    }

    @Test
    void theReaperLearnsOfEachResultThatAThreadWaitsFor() {
        FutureCompleter completer = completer(null);
        AioFuture<Integer> awaited = new AioFuture<>(null);
        assertThat(awaited.beginWaiting()).isTrue();
        complete(completer, awaited, 512);
        complete(completer, new AioFuture<>(null), 512);
        AioFuture<Integer> cancelled = noting(1);
        cancelled.cancel(true);
        complete(completer, cancelled, 512);

        completer.deliver(feedback);

        assertThat(feedback.waitedFor).isEqualTo(1);
        assertThat(feedback.calledBack).isZero();
    }

    @Test
    void resultsWithCallbacksAreKeptForTheReaper() {
        FutureCompleter completer = completer(null);
        AioFuture<Integer> plain = new AioFuture<>(null);
        complete(completer, noting(1), 512);
        complete(completer, plain, 512);
        complete(completer, noting(2), 512);

        assertThat(completer.deliverToWaiters()).isTrue();
        assertThat(completer.deliverToWaiters()).isFalse();
        assertThat(plain).isCompletedWithValue(512);
        assertThat(order).isEmpty();
        complete(completer, noting(3), 512);
        assertThat(completer.deliverToWaiters()).isTrue();

        completer.deliverKept(feedback);
        completer.deliverKept(feedback);

        assertThat(order).containsExactly(1, 2, 3);
        assertThat(feedback.calledBack).isEqualTo(3);
    }

    @Test
    void resultsWithoutCallbacksAreNotKept() {
        FutureCompleter completer = completer(null);
        complete(completer, new AioFuture<>(null), 512);

        assertThat(completer.deliverToWaiters()).isFalse();
        completer.deliverKept(feedback);

        assertThat(feedback.calledBack).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anExecutorCompletesTheResultsOfEachThread(boolean byTheReaper) {
        List<Runnable> handedOver = new ArrayList<>();
        FutureCompleter completer = completer(handedOver::add);
        AioFuture<Integer> future = noting(1);
        complete(completer, future, 512);

        if (byTheReaper) {
            completer.deliver(feedback);
        } else {
            assertThat(completer.deliverToWaiters()).isFalse();
        }

        assertThat(future).isNotDone();
        assertThat(handedOver).hasSize(1);
        handedOver.getFirst().run();
        assertThat(order).containsExactly(1);
        assertThat(feedback.calledBack).isZero();
    }

    @Test
    void anErrorOnTheExecutorLosesNoResult() {
        FutureCompleter completer = completer(Runnable::run);
        Troubled future = new Troubled(error(), false, 3);
        complete(completer, future, 512);
        try (LogLines log = new LogLines()) {
            completer.deliver(feedback);

            assertThat(log.count("goes on after an error")).isEqualTo(3);
        }
        assertThat(future).isCompletedWithValue(512);
    }

    private interface Delivery {
        void of(FutureCompleter completer);
    }

    private Delivery delivery(String thread) {
        return switch (thread) {
            case "reaper" -> completer -> completer.deliver(feedback);
            case "other" -> FutureCompleter::deliverToWaiters;
            default -> completer -> completer.deliverKept(feedback);
        };
    }

    @ParameterizedTest
    @CsvSource({"reaper, 1", "reaper, 3", "other, 1", "other, 3", "kept, 1", "kept, 3"})
    void anErrorLeavesAllResultsInTheirOrder(String thread, int count) {
        FutureCompleter completer = completer(null);
        Delivery delivery = delivery(thread);
        Troubled first = new Troubled(error(), false, 1);
        first.dependents = new int[] {thread.equals("kept") ? 1 : 0};
        complete(completer, first, 512);
        List<AioFuture<Integer>> others = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            AioFuture<Integer> other = new AioFuture<>(null);
            if (!thread.equals("other")) {
                int name = i;
                other.thenRun(() -> order.add(name));
            }
            others.add(other);
            complete(completer, other, i);
        }
        if (thread.equals("kept")) {
            assertThat(completer.deliverToWaiters()).isTrue();
        }

        assertThatThrownBy(() -> delivery.of(completer)).isInstanceOf(StackOverflowError.class);
        assertThat(first).isNotDone();
        assertThat(others).noneMatch(AioFuture::isDone);
        AioFuture<Integer> last = new AioFuture<>(null);
        complete(completer, last, 100);
        delivery.of(completer);
        completer.deliver(feedback);

        assertThat(first).isCompletedWithValue(512);
        for (int i = 1; i < count; i++) {
            assertThat(others.get(i - 1)).isCompletedWithValue(i);
        }
        assertThat(order).isSorted().hasSize(thread.equals("other") ? 0 : count - 1);
        assertThat(last).isCompletedWithValue(100);
    }

    @Test
    void anErrorBeforeTheFutureIsCompleteIsThrownAtOnce() {
        Error error = error();
        Troubled future = new Troubled(error, false, 1);

        assertThatThrownBy(() -> FutureCompleter.fail(future, error)).isSameAs(error);

        assertThat(future.tries).isEqualTo(1);
        assertThat(future).isNotDone();
    }

    @Test
    void stagesAreTriggeredUntilNoneIsLeft() {
        Error error = error();
        Troubled future = new Troubled(error, true, 1000);
        future.dependents = new int[] {3, 2, 1, 0};

        FutureCompleter.fail(future, error);

        assertThat(future.tries).isEqualTo(4);
        assertThat(future).isCompletedExceptionally();
    }

    @Test
    void triesThatTriggerNoStageComeToAnEnd() {
        Error error = error();
        Troubled future = new Troubled(error, true, 1000);

        assertThatThrownBy(() -> FutureCompleter.fail(future, error)).isSameAs(error);

        assertThat(future.tries).isEqualTo(1 + VAIN);
    }

    @Test
    void eachTriggeredStageAllowsMoreTries() {
        Error error = error();
        Troubled future = new Troubled(error, true, 1000);
        future.dependents = new int[VAIN + 1];
        Arrays.fill(future.dependents, 2);
        future.dependents[VAIN] = 1;

        assertThatThrownBy(() -> FutureCompleter.fail(future, error)).isSameAs(error);

        assertThat(future.tries).isEqualTo(VAIN + 1 + VAIN);
    }

    @Test
    void triesForLackOfMemoryArePaced() {
        Troubled future = new Troubled(new OutOfMemoryError("of the test"), true, 50);
        long start = System.nanoTime();

        FutureCompleter.fail(future, new IllegalStateException());

        // A pause may end early; most do not.
        assertThat(System.nanoTime() - start).isGreaterThan(20 * MILLISECOND);
        assertThat(future.tries).isEqualTo(51);
    }

    @Test
    void anErrorOfAStageIsLogged() {
        try (LogLines log = new LogLines()) {
            // Once a second, for all contexts of the process.
            Await.until("it is logged", () -> {
                Troubled future = new Troubled(error(), true, 1);
                FutureCompleter.fail(future, new IllegalStateException());
                return log.count("a callback threw") > 0;
            });
        }
    }

    @Test
    void anErrorIsNotLoggedBeforeTheFutureIsComplete() {
        try (LogLines log = new LogLines()) {
            Error error = error();
            assertThatThrownBy(() -> FutureCompleter.fail(new Troubled(error, false, 1), error))
                    .isSameAs(error);
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void theEndRunsTheLastAction() {
        FutureCompleter completer = completer(null);
        completer.start(null, () -> tasks++);

        completer.end();

        assertThat(tasks).isEqualTo(1);
    }
}
