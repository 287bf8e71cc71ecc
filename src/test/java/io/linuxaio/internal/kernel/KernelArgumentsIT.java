package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.abi.io_event;
import io.linuxaio.internal.abi.iocb;
import io.linuxaio.testing.Libc;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invalid arguments of system calls, which both backends report alike. */
class KernelArgumentsIT extends RealKernelFixture {
    /** An unmapped address, in the page that is never mapped. */
    private static final long NOWHERE = 8;

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void aDepthThatIsNotPositiveIsRefused(int depth) {
        // A negative depth is a huge one to the kernel, whose parameter is unsigned.
        assertThat(kernel.setup(depth)).isIn((long) -Errno.EINVAL, (long) -Errno.EAGAIN);
    }

    @Test
    void aDepthBeyondTheKernelsMaximumIsRefused() {
        assertThat(kernel.setup(Integer.MAX_VALUE)).isIn((long) -Errno.EINVAL, (long) -Errno.EAGAIN);
    }

    @Test
    void anInvalidContextIsRefused() {
        MemorySegment pointers = arena.allocate(JAVA_LONG);
        pointers.set(JAVA_LONG, 0, write(1, block(1), 0).address());

        for (long none : new long[] {0, NOWHERE, arena.allocate(4096, 4096).address()}) {
            assertThat(kernel.submit(none, 1, pointers.address())).isEqualTo(-Errno.EINVAL);
            assertThat(kernel.destroy(none)).isEqualTo(-Errno.EINVAL);
        }
        MemorySegment event = io_event.allocateArray(1, arena);
        assertThat(kernel.getEvents(0, 0, 1, event.address(), 0)).isEqualTo(-Errno.EINVAL);
        assertThat(kernel.lseek(file, 0, SEEK_END))
                .as("contents after the refused write")
                .isZero();
    }

    @Test
    void negativeCountsAreRefused() {
        MemorySegment pointers = arena.allocate(JAVA_LONG);
        MemorySegment events = io_event.allocateArray(1, arena);

        assertThat(kernel.submit(context, -1, pointers.address())).isEqualTo(-Errno.EINVAL);
        assertThat(events(-1, 1, events, 1)).isEqualTo(-Errno.EINVAL);
        assertThat(events(0, -1, events, 1)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void invalidPointersAreFaults() {
        MemorySegment pointers = arena.allocate(JAVA_LONG, 2);
        pointers.setAtIndex(JAVA_LONG, 0, write(1, block(1), 0).address());
        pointers.setAtIndex(JAVA_LONG, 1, NOWHERE);

        assertThat(kernel.submit(context, 1, NOWHERE)).isEqualTo(-Errno.EFAULT);
        assertThat(kernel.submit(context, 1, pointers.address() + 8)).isEqualTo(-Errno.EFAULT);
        assertThat(kernel.submit(context, 2, pointers.address()))
                .as("submission of the valid request")
                .isEqualTo(1);
        assertThat(reap(1)).containsEntry(1L, (long) BLOCK);
    }

    @Test
    void anIocbThatCannotBeWrittenIsAFault() {
        // The kernel notes its key in it.
        MemorySegment page = Libc.mapPages(4096, Libc.PROT_READ | Libc.PROT_WRITE);
        MemorySegment request = write(1, block(1), 0);
        page.copyFrom(request);
        Libc.protect(page, Libc.PROT_READ);

        assertThat(submit(page.asSlice(0, iocb.sizeof()))).isEqualTo(-Errno.EFAULT);
        assertThat(kernel.lseek(file, 0, SEEK_END)).isZero();
        Libc.unmap(page);
    }

    @Test
    void eventsThatCannotBeStoredAreAFaultAndStayInTheRing() {
        MemorySegment readOnly = Libc.mapPages(4096, Libc.PROT_READ);
        assertThat(submit(write(1, block(1), 0))).isEqualTo(1);

        assertThat(events(1, 1, readOnly, FOREVER)).isEqualTo(-Errno.EFAULT);

        assertThat(reap(1)).containsEntry(1L, (long) BLOCK);
        Libc.unmap(readOnly);
    }

    @Test
    void anUnreadableTimeoutIsAFault() {
        MemorySegment noAccess = Libc.mapPages(4096, Libc.PROT_NONE);
        MemorySegment events = io_event.allocateArray(1, arena);

        // Raw: the functions of libaio look at the time themselves before they ask the kernel.
        Kernel raw = new SyscallKernel(new RawSyscalls(Architecture.current()));
        assertThat(raw.getEvents(context, 1, 1, events.address(), noAccess.address()))
                .isEqualTo(-Errno.EFAULT);
        Libc.unmap(noAccess);
    }

    @Test
    void closedAndUnsuitableDescriptorsAreBad() {
        int closed = open("data", RW);
        kernel.close(closed);
        int pathOnly = open("data", Libc.pathOnly());

        for (int bad : List.of(-1, closed, pathOnly, Integer.MAX_VALUE)) {
            for (int opcode : List.of(Abi.IOCB_CMD_PREAD(), Abi.IOCB_CMD_PWRITE())) {
                assertThat(submit(request(1, opcode, bad, block(1), BLOCK, 0))).isEqualTo(-Errno.EBADF);
            }
            assertThat(submit(request(1, Abi.IOCB_CMD_FDSYNC(), bad, MemorySegment.NULL, 0, 0)))
                    .isEqualTo(-Errno.EBADF);
        }
        kernel.close(pathOnly);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -BLOCK, Long.MIN_VALUE})
    void negativeOffsetsAreInvalid(long offset) {
        assertThat(submit(read(1, block(0), offset))).isEqualTo(-Errno.EINVAL);
        assertThat(submit(write(1, block(0), offset))).isEqualTo(-Errno.EINVAL);
        assertThat(kernel.lseek(file, 0, SEEK_END)).isZero();
    }

    @Test
    void offsetsBeyondTheLargestFileTransferNothing() {
        assertThat(kernel.ftruncate(file, BLOCK)).isZero();
        long last = Long.MAX_VALUE - BLOCK;

        assertThat(answer(write(1, block(1), last))).isEqualTo(-Errno.EFBIG);
        assertThat(answer(read(2, block(1), last))).isIn(0L, (long) -Errno.EINVAL);
        assertThat(answer(write(3, block(1), Long.MAX_VALUE - 1))).isIn((long) -Errno.EINVAL, (long) -Errno.EOVERFLOW);
        assertThat(kernel.lseek(file, 0, SEEK_END)).isEqualTo(BLOCK);
    }

    /** Returns the result of a request that may be refused at once or later. */
    private long answer(MemorySegment request) {
        int answer = submit(request);
        return answer < 0 ? answer : reap(1).get(iocb.aio_data(request));
    }

    @Test
    void negativeLengthsAreInvalid() {
        MemorySegment block = block(1);
        for (long length : new long[] {-1, Long.MIN_VALUE}) {
            assertThat(submit(request(1, Abi.IOCB_CMD_PREAD(), file, block, length, 0)))
                    .isEqualTo(-Errno.EINVAL);
            assertThat(submit(request(1, Abi.IOCB_CMD_PWRITE(), file, block, length, 0)))
                    .isEqualTo(-Errno.EINVAL);
            assertThat(submit(request(1, Abi.IOCB_CMD_PWRITEV(), file, segments(block), length, 0)))
                    .isEqualTo(-Errno.EINVAL);
        }
    }
}
