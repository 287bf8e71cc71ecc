package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Requests as raw system calls, for machines without libaio. */
final class SyscallKernel extends LinuxKernel {
    private final Architecture architecture;

    SyscallKernel(Architecture architecture) {
        this.architecture = architecture;
    }

    @Override
    public long setup(int depth) {
        try (Arena arena = Arena.ofConfined()) {
            // The kernel refuses a context variable that is not zero; the arena's memory is.
            MemorySegment context = arena.allocate(JAVA_LONG);
            long answer = call(architecture.ioSetup(), depth, context.address(), 0, 0, 0);
            return answer < 0 ? answer : context.get(JAVA_LONG, 0);
        }
    }

    @Override
    public int destroy(long context) {
        return (int) call(architecture.ioDestroy(), context, 0, 0, 0, 0);
    }

    @Override
    public int submit(long context, long count, long iocbs) {
        return (int) call(architecture.ioSubmit(), context, count, iocbs, 0, 0);
    }

    @Override
    public int getEvents(long context, long least, long most, long events, long timeout) {
        return (int) call(architecture.ioGetevents(), context, least, most, events, timeout);
    }

    @Override
    public int cancel(long context, long iocb, long event) {
        return (int) call(architecture.ioCancel(), context, iocb, event, 0, 0);
    }

    private static long call(long number, long a, long b, long c, long d, long e) {
        MemorySegment errno = ErrnoCapture.take();
        try {
            return ErrnoCapture.answer((long) Libc.Syscall.HANDLE.invokeExact(errno, number, a, b, c, d, e), errno);
        } catch (Throwable thrown) {
            throw broken("syscall", thrown);
        }
    }
}
