package io.linuxaio.internal.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Requests as raw system calls, for machines without libaio. */
final class SyscallKernel extends LinuxKernel {
    SyscallKernel(RawSyscalls calls) {
        super(calls);
    }

    @Override
    public long setup(int depth) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment context = zero(arena);
            long answer = call(SyscallNumber.IO_SETUP, depth, context.address(), 0, 0, 0);
            return answer < 0 ? answer : number(context);
        }
    }

    @Override
    public int destroy(long context) {
        return (int) call(SyscallNumber.IO_DESTROY, context, 0, 0, 0, 0);
    }

    @Override
    public int submit(long context, long count, long iocbs) {
        return (int) call(SyscallNumber.IO_SUBMIT, context, count, iocbs, 0, 0);
    }

    @Override
    public int getEvents(long context, long least, long most, long events, long timeout) {
        return (int) call(SyscallNumber.IO_GETEVENTS, context, least, most, events, timeout);
    }
}
