package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;

import io.linuxaio.internal.abi.Abi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Requests through the functions of libaio, which answer -errno themselves and leave {@code errno} alone.
 *
 * <p>Addresses are wrapped as segments without a lifetime: a call with one of a shared arena would cost twice as much,
 * and who calls keeps the memory alive anyway.
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
        return Abi.io_submit(MemorySegment.ofAddress(context), count, MemorySegment.ofAddress(iocbs));
    }

    @Override
    public int getEvents(long context, long least, long most, long events, long timeout) {
        return Abi.io_getevents(
                MemorySegment.ofAddress(context),
                least,
                most,
                MemorySegment.ofAddress(events),
                MemorySegment.ofAddress(timeout));
    }

    @Override
    public int cancel(long context, long iocb, long event) {
        return Abi.io_cancel(
                MemorySegment.ofAddress(context), MemorySegment.ofAddress(iocb), MemorySegment.ofAddress(event));
    }
}
