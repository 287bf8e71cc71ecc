package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;

import io.linuxaio.internal.abi.Abi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Requests through the functions of libaio, which answer -errno themselves and leave {@code errno} alone.
 */
final class LibaioKernel extends LinuxKernel {
    LibaioKernel(SystemCalls calls) {
        super(calls);
    }

    @Override
    public long setup(int depth) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment context = arena.allocate(ADDRESS);
            int answer = Abi.io_setup(depth, context);
            return answer < 0 ? answer : context.get(ADDRESS, 0).address();
        }
    }

    @Override
    public int destroy(long context) {
        return Abi.io_destroy(MemorySegment.ofAddress(context));
    }

    @Override
    public int submit(long context, long count, long iocbs) {
        try {
            return (int) LibaioCalls.Submit.HANDLE.invokeExact(context, count, iocbs);
        } catch (Throwable e) {
            throw SystemCalls.broken("io_submit", e);
        }
    }

    @Override
    public int getEvents(long context, long least, long most, long events, long timeout) {
        try {
            return (int) LibaioCalls.GetEvents.HANDLE.invokeExact(context, least, most, events, timeout);
        } catch (Throwable e) {
            throw SystemCalls.broken("io_getevents", e);
        }
    }

    @Override
    public int cancel(long context, long iocb, long event) {
        return Abi.io_cancel(
                MemorySegment.ofAddress(context), MemorySegment.ofAddress(iocb), MemorySegment.ofAddress(event));
    }
}
