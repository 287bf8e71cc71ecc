package io.linuxaio.internal.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Requests through the functions of libaio, which answer -errno themselves and leave {@code errno} alone.
 */
final class LibaioKernel extends LinuxKernel {
    /**
     * So many calls go through the handle that is linked already: another one costs more than a program gains that makes
     * no more of them.
     */
    private static final int FEW = 256;

    // Counted by whoever calls, without care: what is lost makes it a few more.
    private int submits;
    private int waits;

    LibaioKernel(RawSyscalls calls) {
        super(calls);
    }

    @Override
    public long setup(int depth) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment context = zero(arena);
            int answer = call("io_setup", LibaioSymbols.SETUP, depth, context.address(), 0, 0, 0);
            return answer < 0 ? answer : number(context);
        }
    }

    @Override
    public int destroy(long context) {
        return call("io_destroy", LibaioSymbols.DESTROY, context, 0, 0, 0, 0);
    }

    @Override
    public int submit(long context, long count, long iocbs) {
        if (submits < FEW) {
            submits++;
            return call("io_submit", LibaioSymbols.SUBMIT, context, count, iocbs, 0, 0);
        }
        try {
            return (int) LibaioSymbols.Submit.HANDLE.invokeExact(context, count, iocbs);
        } catch (NoClassDefFoundError e) {
            // Linking failed the first time, near the end of the stack or out of memory, and is not tried again.
            return call("io_submit", LibaioSymbols.SUBMIT, context, count, iocbs, 0, 0);
        } catch (Throwable e) {
            throw RawSyscalls.broken("io_submit", e);
        }
    }

    @Override
    public int getEvents(long context, long least, long most, long events, long timeout) {
        if (waits < FEW) {
            waits++;
            return call("io_getevents", LibaioSymbols.GET_EVENTS, context, least, most, events, timeout);
        }
        try {
            return (int) LibaioSymbols.GetEvents.HANDLE.invokeExact(context, least, most, events, timeout);
        } catch (NoClassDefFoundError e) {
            // As above.
            return call("io_getevents", LibaioSymbols.GET_EVENTS, context, least, most, events, timeout);
        } catch (Throwable e) {
            throw RawSyscalls.broken("io_getevents", e);
        }
    }

    private static int call(String name, MemorySegment function, long a, long b, long c, long d, long e) {
        try {
            return Downcalls.callLibaio(function, a, b, c, d, e);
        } catch (Throwable thrown) {
            throw RawSyscalls.broken(name, thrown);
        }
    }
}
