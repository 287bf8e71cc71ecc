package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import io.linuxaio.internal.kernel.OFlags;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The wakeup of a reaper: one request at a time, whatever the kernel answers and wherever an Error ends it. */
class ReaperWakeupTest {
    private final FakeKernel fake = new FakeKernel();
    private boolean throwsBefore;
    private boolean throwsAfter;
    private boolean isOpenedAsZero;
    private int flags;
    private final List<Integer> closed = new ArrayList<>();
    private final Kernel kernel = KernelProxy.over(fake, this::call);
    private final KernelAioContext engine = KernelAioContext.over(kernel, kernel.setup(2), 2, true);
    private final Slot slot = engine.slot(1);
    private final ReaperWakeup wakeup = new ReaperWakeup(kernel, engine, slot);

    private Object call(KernelProxy.Call call) throws Throwable {
        boolean submits = call.is("submit");
        if (call.is("open")) {
            flags = (int) call.arguments()[1];
        }
        if (call.is("close") && isOpenedAsZero) {
            closed.add((Integer) call.arguments()[0]);
            return 0;
        }
        if (submits && throwsBefore) {
            throw new OutOfMemoryError("of the test");
        }
        if (call.is("open") && isOpenedAsZero) {
            return 0;
        }
        Object answer = call.proceed();
        if (submits && throwsAfter) {
            throw new OutOfMemoryError("of the test");
        }
        return answer;
    }

    @AfterEach
    void end() {
        wakeup.end();
        consume();
        assertThat(engine.destroy()).isZero();
        assertThat(fake.openDescriptors()).isZero();
    }

    private long submitted() {
        return fake.submissions().stream()
                .flatMap(one -> one.accepted().stream())
                .filter(FakeRequest::device)
                .count();
    }

    /** Reaps the event of a wakeup; returns the number of events. */
    private int consume() {
        return engine.reap(
                0, 0, completed -> assertThat(wakeup.isWakeup(completed)).isTrue());
    }

    @Test
    void aWakeupThatIsNotOpenSubmitsNothing() {
        assertThat(wakeup.works()).isFalse();
        assertThat(wakeup.isUntested()).isFalse();
        assertThat(wakeup.tryWake()).isTrue();
        assertThat(submitted()).isZero();
    }

    @Test
    void aWakeupWithoutItsFileSubmitsNothing() {
        fake.remove("/dev/null");

        wakeup.open();
        wakeup.test();

        assertThat(wakeup.works()).isFalse();
        assertThat(wakeup.isUntested()).isFalse();
        assertThat(wakeup.tryWake()).isTrue();
        assertThat(submitted()).isZero();
        wakeup.end();
        assertThat(fake.count(FakeCall.CLOSE)).isZero();
    }

    @Test
    void anotherWakeupIsSubmittedOnlyAfterTheEventOfTheFirst() {
        wakeup.open();
        assertThat(wakeup.works()).isTrue();

        assertThat(wakeup.tryWake()).isTrue();
        assertThat(wakeup.tryWake()).isTrue();
        assertThat(submitted()).isEqualTo(1);
        assertThat(consume()).isEqualTo(1);
        assertThat(slot.file()).as("the file of the wakeup").isNull();
        assertThat(wakeup.tryWake()).isTrue();

        assertThat(submitted()).isEqualTo(2);
    }

    @Test
    void aSlotOfAnOperationIsNoWakeup() {
        wakeup.open();
        wakeup.tryWake();

        assertThat(wakeup.isWakeup(engine.slot(0))).isFalse();
        wakeup.tryWake();

        assertThat(submitted()).isEqualTo(1);
    }

    @Test
    void aRefusedTestMeansThatWakeupsDoNotWork() {
        wakeup.open();
        fake.fail(FakeCall.SUBMIT, Errno.EINVAL, 1);

        wakeup.test();

        assertThat(wakeup.works()).isFalse();
        assertThat(wakeup.isUntested()).isFalse();
        assertThat(slot.file()).as("the file of the refused wakeup").isNull();
    }

    @Test
    void aTestThatTheKernelPutsOffIsRepeated() {
        wakeup.open();
        fake.fail(FakeCall.SUBMIT, Errno.EAGAIN, 1);
        wakeup.test();
        assertThat(wakeup.works()).isFalse();
        assertThat(wakeup.isUntested()).isTrue();

        wakeup.test();

        assertThat(wakeup.works()).isTrue();
        assertThat(wakeup.isUntested()).isFalse();
        assertThat(submitted()).isEqualTo(1);
    }

    @Test
    void aRefusedWakeupIsReportedAndMayBeRepeated() {
        wakeup.open();
        fake.fail(FakeCall.SUBMIT, Errno.EAGAIN, 1);

        assertThat(wakeup.tryWake()).isFalse();
        assertThat(slot.file()).as("the file of the refused wakeup").isNull();
        assertThat(wakeup.tryWake()).isTrue();

        assertThat(submitted()).isEqualTo(1);
    }

    @Test
    void nothingIsSubmittedAfterTheEnd() {
        wakeup.open();
        wakeup.end();
        wakeup.end();

        assertThat(wakeup.tryWake()).isTrue();

        assertThat(submitted()).isZero();
        assertThat(fake.count(FakeCall.CLOSE)).isEqualTo(1);
    }

    @Test
    void aWakeupThatAnErrorEndedBeforeTheKernelTookItIsRepeated() {
        wakeup.open();
        wakeup.test();
        consume();
        throwsBefore = true;
        assertThatThrownBy(wakeup::tryWake).isInstanceOf(OutOfMemoryError.class);
        throwsBefore = false;

        assertThat(wakeup.tryWake()).isTrue();

        assertThat(submitted()).isEqualTo(2);
        assertThat(consume()).isEqualTo(1);
        assertThat(slot.file()).as("the file of the wakeup").isNull();
    }

    @Test
    void aWakeupThatAnErrorEndedAfterTheKernelTookItIsNotRepeated() {
        wakeup.open();
        throwsAfter = true;
        assertThatThrownBy(wakeup::tryWake).isInstanceOf(OutOfMemoryError.class);
        throwsAfter = false;

        assertThat(wakeup.tryWake()).isTrue();

        assertThat(submitted()).isEqualTo(1);
        assertThat(consume()).isEqualTo(1);
        assertThat(wakeup.tryWake()).isTrue();
        assertThat(submitted()).isEqualTo(2);
    }

    @Test
    void childProcessesDoNotInheritTheFile() {
        wakeup.open();

        assertThat(flags & OFlags.CLOSE_ON_EXEC).isEqualTo(OFlags.CLOSE_ON_EXEC);
    }

    /** As in a process that was started with standard input closed. */
    @Test
    void theFileMayHaveTheDescriptorZero() {
        isOpenedAsZero = true;
        wakeup.open();

        assertThat(wakeup.works()).isTrue();
        wakeup.end();

        assertThat(closed).containsExactly(0);
    }

    @Test
    void aTestWhileAWakeupIsInFlightIsNoRefusal() {
        wakeup.open();
        wakeup.tryWake();

        wakeup.test();

        assertThat(wakeup.works()).isTrue();
        assertThat(submitted()).isEqualTo(1);
    }
}
