package io.linuxaio.internal.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** The back end of raw system calls, for machines without libaio. */
final class SyscallKernel extends LinuxKernel {
    SyscallKernel(RawSyscalls calls) {
        super(calls);
    }

    @Override
    public long setup(int depth) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment context = zero(arena);
            // Allocated first: a context whose number is not known cannot be destroyed.
            ByteBuffer number = buffer(context);
            long result = call(SyscallNumber.IO_SETUP, depth, context.address(), 0, 0, 0);
            return result < 0 ? result : number.getLong(0);
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
    public int getEvents(long context, long min, long max, long events, long timeout) {
        return (int) call(SyscallNumber.IO_GETEVENTS, context, min, max, events, timeout);
    }
}
