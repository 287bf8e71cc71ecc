package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.KernelProxy;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prepared operations that go to the kernel together. */
class SubmissionBatchTest extends KernelAioContextFixture {
    private final SubmissionBatch batch = new SubmissionBatch(SLOTS, arena);

    @BeforeEach
    void fillFile() {
        kernel.put(PATH, new byte[SLOTS * BLOCK]);
        file.closeWhenIdle();
        openFile();
    }

    /** Prepares the read of a block. */
    private Slot read(int index) {
        return prepare(index, Opcode.READ, arena.allocate(BLOCK, BLOCK), (long) index * BLOCK);
    }

    private Slot add(int index) {
        Slot slot = read(index);
        batch.add(slot);
        return slot;
    }

    private List<Long> positions() {
        return kernel.requests().stream().map(request -> request.position()).toList();
    }

    private static List<Long> blocks(int... indices) {
        return Arrays.stream(indices).mapToObj(i -> (long) i * BLOCK).toList();
    }

    @Test
    void operationsAreSubmittedInOrder() {
        assertThat(batch.capacity()).isEqualTo(SLOTS);
        assertThat(batch.size()).isZero();
        Slot one = add(2);
        Slot two = add(0);
        assertThat(batch.size()).isEqualTo(2);
        assertThat(batch.end()).isEqualTo(2);
        assertThat(batch.slot(0)).isSameAs(one);
        assertThat(batch.slot(1)).isSameAs(two);

        assertThat(batch.submit(engine)).isEqualTo(2);

        assertThat(positions()).isEqualTo(blocks(2, 0));
        assertThat(kernel.submissions()).hasSize(1);
        assertThat(batch.size()).isZero();
        reapUntil(2);
    }

    @Test
    void theRestOfAPartialSubmissionIsSubmittedNext() {
        for (int i = 0; i < SLOTS; i++) {
            add(i);
        }
        kernel.limitAcceptance(1);
        assertThat(batch.submit(engine)).isEqualTo(1);
        assertThat(batch.size()).isEqualTo(3);
        kernel.limitAcceptance(2);
        assertThat(batch.submit(engine)).isEqualTo(2);
        assertThat(batch.submit(engine)).isEqualTo(1);

        assertThat(positions()).isEqualTo(blocks(0, 1, 2, 3));
        assertThat(kernel.submissions())
                .extracting(submission -> submission.asked())
                .containsExactly(4L, 3L, 1L);
        reapUntil(4);
    }

    @Test
    void operationsAreAddedBehindTheRest() {
        add(0);
        add(1);
        add(2);
        kernel.limitAcceptance(1);
        assertThat(batch.submit(engine)).isEqualTo(1);
        reapUntil(1);

        Slot last = add(0);

        assertThat(batch.size()).isEqualTo(3);
        assertThat(batch.slot(batch.end() - 1)).isSameAs(last);
        assertThat(batch.submit(engine)).isEqualTo(3);
        assertThat(positions()).isEqualTo(blocks(0, 1, 2, 0));
        reapUntil(4);
    }

    @Test
    void aFullBatchHasRoomForAsManyAsWereSubmitted() {
        for (int i = 0; i < SLOTS; i++) {
            add(i);
        }
        kernel.limitAcceptance(1);
        assertThat(batch.submit(engine)).isEqualTo(1);
        reapUntil(1);

        add(0);

        assertThat(batch.size()).isEqualTo(SLOTS);
        assertThat(batch.submit(engine)).isEqualTo(SLOTS);
        assertThat(positions()).isEqualTo(blocks(0, 1, 2, 3, 0));
        reapUntil(5);
    }

    @Test
    void aStagedOperationWaitsForItsAddition() {
        add(0);
        batch.stage(read(1));
        assertThat(batch.size()).isEqualTo(1);
        assertThat(batch.submit(engine)).isEqualTo(1);
        batch.stage(engine.slot(1));
        batch.addStaged();

        assertThat(batch.submit(engine)).isEqualTo(1);
        assertThat(positions()).isEqualTo(blocks(0, 1));
        reapUntil(2);
    }

    @Test
    void aRefusedSubmissionLeavesAll() {
        add(0);
        add(1);
        kernel.fail(FakeCall.SUBMIT, Errno.EAGAIN, 1);

        assertThat(batch.submit(engine)).isEqualTo(-Errno.EAGAIN);

        assertThat(batch.size()).isEqualTo(2);
        assertThat(batch.removeTaken(engine)).as("taken").isZero();
        assertThat(batch.submit(engine)).isEqualTo(2);
        assertThat(batch.removeTaken(engine)).as("taken").isZero();
        reapUntil(2);
    }

    /** The operations of an engine whose kernel throws after its next io_submit, if it is armed. */
    private final class Hidden {
        private final StackOverflowError error = new StackOverflowError("of the test");
        private boolean armed;
        private final KernelAioContext engine =
                KernelAioContext.over(KernelProxy.over(kernel, this::call), kernel.setup(SLOTS), SLOTS, true);

        private Object call(KernelProxy.Call call) throws Throwable {
            Object answer = call.proceed();
            if (armed && call.is("submit")) {
                armed = false;
                throw error;
            }
            return answer;
        }

        private void add(int index) {
            Slot slot = engine.slot(index);
            assertThat(slot.acquire(file, arena.allocate(BLOCK, BLOCK))).isTrue();
            slot.prepare(Opcode.READ, (long) index * BLOCK, BLOCK, null, index);
            batch.add(slot);
        }

        /** Submits so many operations, and hides that. */
        private void submitHidden(int accepted) {
            armed = true;
            kernel.limitAcceptance(accepted);
            int before = batch.size();
            assertThatThrownBy(() -> batch.submit(engine)).isSameAs(error);
            assertThat(batch.size()).isEqualTo(before);
        }

        private void reap(int count) {
            while (ended.size() < count) {
                assertThat(engine.reap(1, PATIENCE_NANOS, SubmissionBatchTest.this::take))
                        .isNotNegative();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void operationsThatTheKernelTookBeforeAnErrorAreRemoved(int taken) {
        Hidden hidden = new Hidden();
        hidden.add(0);
        hidden.add(1);
        hidden.add(2);
        hidden.submitHidden(taken);

        assertThat(batch.removeTaken(hidden.engine)).isEqualTo(taken);

        assertThat(batch.removeTaken(hidden.engine)).as("of the next call").isZero();
        assertThat(batch.size()).isEqualTo(3 - taken);
        assertThat(batch.size() == 0 ? 0 : batch.submit(hidden.engine)).isEqualTo(3 - taken);
        assertThat(positions()).isEqualTo(blocks(0, 1, 2));
        hidden.reap(3);
        assertThat(hidden.engine.destroy()).isZero();
    }

    /** The slots have been used for different numbers of operations before. */
    @Test
    void operationsTakenFromTheRestOfABatchAreRemoved() {
        Hidden hidden = new Hidden();
        hidden.add(2);
        assertThat(batch.submit(hidden.engine)).isEqualTo(1);
        hidden.reap(1);
        hidden.add(0);
        hidden.add(1);
        hidden.add(2);
        kernel.limitAcceptance(1);
        assertThat(batch.submit(hidden.engine)).isEqualTo(1);
        hidden.reap(2);
        hidden.add(3);
        hidden.submitHidden(1);

        assertThat(batch.removeTaken(hidden.engine)).isEqualTo(1);

        assertThat(batch.submit(hidden.engine)).isEqualTo(2);
        assertThat(positions()).isEqualTo(blocks(2, 0, 1, 2, 3));
        hidden.reap(5);
        assertThat(hidden.engine.destroy()).isZero();
    }

    @Test
    void waitingOperationsAreMarkedAsLeft() {
        Slot[] slots = Stream.of(0, 1, 2).map(this::add).toArray(Slot[]::new);
        kernel.limitAcceptance(1);
        assertThat(batch.submit(engine)).isEqualTo(1);
        Waiter[] owners = {new Owner(), new Owner(), new Owner()};

        batch.leave(owners);

        assertThat(slots[0].leftBy).isNull();
        for (int i = 1; i < slots.length; i++) {
            assertThat(slots[i].leftBy).isSameAs(owners[i]);
            assertThat(slots[i].leftAttempt).isEqualTo(slots[i].attempt());
            slots[i].leftBy = null;
        }
        Slot.someLeft = false;
        assertThat(batch.submit(engine)).isEqualTo(2);
        reapUntil(3);
    }

    private static final class Owner implements Waiter {
        @Override
        public boolean isDone() {
            return false;
        }

        @Override
        public Thread waitingThread() {
            return null;
        }

        @Override
        public boolean beginWaiting() {
            return false;
        }

        @Override
        public void endWaiting() {
            // Nothing waits.
        }
    }

    @Test
    void aFullBatchIsCleared() {
        Slot[] slots = Stream.of(0, 1, 2, 3).map(this::add).toArray(Slot[]::new);

        batch.clear();

        assertThat(batch.size()).isZero();
        for (int i = 0; i < SLOTS; i++) {
            assertThat(batch.slot(i)).isNull();
            slots[i].refuse(-Errno.EINVAL);
            slots[i].release();
        }
    }

    @Test
    void aClearedBatchIsUsedAgain() {
        Slot one = add(0);
        add(1);
        kernel.limitAcceptance(1);
        assertThat(batch.submit(engine)).isEqualTo(1);
        Slot dropped = batch.slot(1);

        batch.clear();

        assertThat(batch.size()).isZero();
        assertThat(batch.end()).isZero();
        assertThat(batch.slot(0)).isNull();
        assertThat(batch.slot(1)).isNull();
        dropped.refuse(-Errno.EINVAL);
        dropped.release();
        batch.add(read(2));
        assertThat(batch.submit(engine)).isEqualTo(1);
        assertThat(positions()).isEqualTo(blocks(0, 2));
        assertThat(one.index()).isZero();
        reapUntil(2);
    }
}
