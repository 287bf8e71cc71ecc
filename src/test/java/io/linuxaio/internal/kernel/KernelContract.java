package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.abi.io_event;
import io.linuxaio.internal.abi.iocb;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The contract of each backend: error numbers instead of exceptions, and the same ones everywhere. */
abstract class KernelContract extends KernelFileContract {
    @Test
    void aContextOfNoDepthIsInvalid() {
        assertThat(kernel.setup(0)).isEqualTo(-Errno.EINVAL);
        assertThat(kernel.setup(-1)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void aContextIsDestroyedOnce() {
        long gone = context;
        context = 0;

        assertThat(kernel.destroy(gone)).isZero();
        assertThat(kernel.destroy(gone)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void contextsAreIndependent() {
        long other = kernel.setup(DEPTH);
        assertThat(other).isPositive().isNotEqualTo(context);
        submit(read(1, block(0), 0));

        MemorySegment events = io_event.allocateArray(1, arena);
        assertThat(kernel.getEvents(other, 0, 1, events.address(), 0)).isZero();
        assertThat(reap(1)).containsKey(1L);
        assertThat(kernel.destroy(other)).isZero();
    }

    // Requests.

    @Test
    void writtenBytesAreReadBack() {
        MemorySegment target = block(0);

        assertThat(run(write(7, block('x'), BLOCK))).isEqualTo(BLOCK);
        assertThat(run(read(8, target, BLOCK))).isEqualTo(BLOCK);

        assertThat(target.mismatch(block('x'))).isEqualTo(-1);
        assertThat(kernel.lseek(file, 0, SEEK_END)).isEqualTo(2 * BLOCK);
    }

    @Test
    void segmentsAreWrittenAndReadInOrder() {
        MemorySegment from = segments(block('a'), block('b'), block('c'));
        MemorySegment first = arena.allocate(100);
        MemorySegment second = arena.allocate(2 * BLOCK);
        MemorySegment third = arena.allocate(BLOCK - 100);

        assertThat(run(request(1, Abi.IOCB_CMD_PWRITEV(), file, from, 3, 0))).isEqualTo(3 * BLOCK);
        assertThat(run(request(2, Abi.IOCB_CMD_PREADV(), file, segments(first, second, third), 3, 0)))
                .isEqualTo(3 * BLOCK);

        assertThat(first.get(JAVA_BYTE, 99)).isEqualTo((byte) 'a');
        assertThat(second.get(JAVA_BYTE, BLOCK - 101)).isEqualTo((byte) 'a');
        assertThat(second.get(JAVA_BYTE, BLOCK - 100)).isEqualTo((byte) 'b');
        assertThat(second.get(JAVA_BYTE, 2 * BLOCK - 100)).isEqualTo((byte) 'c');
        assertThat(third.get(JAVA_BYTE, BLOCK - 101)).isEqualTo((byte) 'c');
    }

    @Test
    void syncsReturnZero() {
        assertThat(run(write(1, block(1), 0))).isEqualTo(BLOCK);
        assertThat(run(request(2, Abi.IOCB_CMD_FSYNC(), file, MemorySegment.NULL, 0, 0)))
                .isZero();
        assertThat(run(request(3, Abi.IOCB_CMD_FDSYNC(), file, MemorySegment.NULL, 0, 0)))
                .isZero();
    }

    @Test
    void aSyncWithAnythingButZerosIsInvalid() {
        assertThat(submit(request(1, Abi.IOCB_CMD_FDSYNC(), file, MemorySegment.NULL, 1, 0)))
                .isEqualTo(-Errno.EINVAL);
        assertThat(submit(request(1, Abi.IOCB_CMD_FSYNC(), file, MemorySegment.NULL, 0, 1)))
                .isEqualTo(-Errno.EINVAL);
    }

    @Test
    void aReadAtTheEndIsShortAndPastItEmpty() {
        assertThat(kernel.ftruncate(file, 100)).isZero();

        assertThat(run(read(1, block(0), 0))).isEqualTo(100);
        assertThat(run(read(2, block(0), 100))).isZero();
        assertThat(run(read(3, block(0), 10 * BLOCK))).isZero();
    }

    @Test
    void anEmptyTransferTransfersNothing() {
        assertThat(run(request(1, Abi.IOCB_CMD_PREAD(), file, block(0), 0, 0))).isZero();
        assertThat(run(request(2, Abi.IOCB_CMD_PWRITE(), file, block(0), 0, 0))).isZero();
    }

    @Test
    void userDataIsReturnedUnchanged() {
        MemorySegment target = block(0);

        assertThat(submit(read(-1, target, 0), read(Long.MIN_VALUE, target, 0), read(0, target, 0)))
                .isEqualTo(3);

        assertThat(reap(3)).containsOnlyKeys(-1L, Long.MIN_VALUE, 0L);
    }

    @Test
    void anEventNamesItsIocb() {
        MemorySegment request = read(5, block(0), 0);
        MemorySegment events = io_event.allocateArray(1, arena);
        submit(request);

        assertThat(events(1, 1, events, FOREVER)).isEqualTo(1);
        assertThat(io_event.obj(events)).isEqualTo(request.address());
        assertThat(io_event.res2(events)).isZero();
    }

    @Test
    void aBadBufferIsReportedByAnEvent() {
        assertThat(kernel.ftruncate(file, BLOCK)).isZero();

        assertThat(run(request(1, Abi.IOCB_CMD_PREAD(), file, MemorySegment.NULL, BLOCK, 0)))
                .isEqualTo(-Errno.EFAULT);
    }

    // Batches.

    @Test
    void aBatchIsAcceptedWhole() {
        MemorySegment[] requests = new MemorySegment[DEPTH];
        Arrays.setAll(requests, i -> write(i, block(i), (long) i * BLOCK));

        assertThat(submit(requests)).isEqualTo(DEPTH);

        assertThat(reap(DEPTH).values()).containsOnly((long) BLOCK);
        assertThat(kernel.lseek(file, 0, SEEK_END)).isEqualTo(DEPTH * BLOCK);
    }

    @Test
    void anEmptyBatchIsAccepted() {
        assertThat(submit()).isZero();
    }

    @Test
    void aBadDescriptorInTheMiddleEndsTheBatchBeforeIt() {
        MemorySegment bad = request(2, Abi.IOCB_CMD_PREAD(), -1, block(0), BLOCK, 0);

        assertThat(submit(read(1, block(0), 0), bad, read(3, block(0), 0))).isEqualTo(1);

        assertThat(reap(1)).containsOnlyKeys(1L);
    }

    @Test
    void aBadDescriptorInFrontIsReturnedAsTheError() {
        MemorySegment bad = request(2, Abi.IOCB_CMD_PREAD(), -1, block(0), BLOCK, 0);

        assertThat(submit(bad, read(1, block(0), 0))).isEqualTo(-Errno.EBADF);
        assertThat(events(0, 1, io_event.allocateArray(1, arena), 0)).isZero();
    }

    @Test
    void aFileOpenedForTheOtherDirectionIsABadDescriptor() {
        int readOnly = open("data", OFlags.READ_ONLY);
        int writeOnly = open("data", OFlags.WRITE_ONLY);

        assertThat(submit(request(1, Abi.IOCB_CMD_PWRITE(), readOnly, block(0), BLOCK, 0)))
                .isEqualTo(-Errno.EBADF);
        assertThat(submit(request(1, Abi.IOCB_CMD_PREAD(), writeOnly, block(0), BLOCK, 0)))
                .isEqualTo(-Errno.EBADF);
        kernel.close(readOnly);
        kernel.close(writeOnly);
    }

    @Test
    void malformedRequestsAreInvalid() {
        MemorySegment reserved = read(1, block(0), 0);
        iocb.aio_reserved2(reserved, 1);
        MemorySegment many = request(1, Abi.IOCB_CMD_PREADV(), file, segments(block(0)), 1025, 0);

        assertThat(submit(request(1, 99, file, block(0), BLOCK, 0))).isEqualTo(-Errno.EINVAL);
        assertThat(submit(read(1, block(0), -BLOCK))).isEqualTo(-Errno.EINVAL);
        assertThat(submit(reserved)).isEqualTo(-Errno.EINVAL);
        assertThat(submit(many)).isEqualTo(-Errno.EINVAL);
    }

    // Events.

    @Test
    void aWaitWithoutEventsEndsWithItsTimeout() {
        MemorySegment events = io_event.allocateArray(1, arena);

        assertThat(events(0, 1, events, 0)).isZero();
        assertThat(events(1, 1, events, 0)).isZero();
        assertThat(events(1, 1, events, 2_000_000)).isZero();
        assertThat(events(0, 1, events, FOREVER)).isZero();
    }

    @Test
    void aWaitThatTimesOutReturnsTheAvailableEvents() {
        MemorySegment events = io_event.allocateArray(2, arena);
        submit(read(1, block(0), 0));
        awaitEvent();

        assertThat(events(2, 2, events, 1_000_000)).isEqualTo(1);
    }

    /** A read of an empty file completes inside io_submit on every filesystem. */
    private void awaitEvent() {
        assertThat(kernel.lseek(file, 0, SEEK_END)).isZero();
    }

    @Test
    void eventsBeyondTheMaximumStayInTheRing() {
        submit(read(1, block(0), 0), read(2, block(0), 0), read(3, block(0), 0));
        MemorySegment events = io_event.allocateArray(2, arena);

        assertThat(events(2, 2, events, FOREVER)).isEqualTo(2);
        assertThat(events(1, 2, events, FOREVER)).isEqualTo(1);
    }

    @Test
    void waitingForMoreThanTheMaximumIsInvalid() {
        MemorySegment events = io_event.allocateArray(2, arena);

        // Not a timeout of 0: with that, libaio looks at an empty ring and answers 0 without asking the kernel.
        assertThat(events(2, 1, events, 1000)).isEqualTo(-Errno.EINVAL);
        assertThat(events(-1, 1, events, 1000)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void aWaitIsEndedBySubmissionsOfAnotherThread() throws InterruptedException {
        CountDownLatch aboutToWait = new CountDownLatch(1);
        AtomicInteger answer = new AtomicInteger();
        MemorySegment events = io_event.allocateArray(1, arena);
        long waitedOn = context;
        Thread waiter = new Thread(() -> {
            aboutToWait.countDown();
            answer.set(kernel.getEvents(waitedOn, 1, 1, events.address(), 0));
        });
        waiter.start();
        aboutToWait.await();

        assertThat(submit(read(9, block(0), 0))).isEqualTo(1);
        waiter.join();

        assertThat(answer).hasValue(1);
        assertThat(io_event.data(events)).isEqualTo(9);
    }
}
