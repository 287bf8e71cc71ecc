package io.linuxaio.internal.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The back end of libaio, whose functions return -errno and do not set {@code errno}.
 */
final class LibaioKernel extends LinuxKernel {
    /**
     * The number of calls through the shared handle before a handle of its own is linked, which only programs with more
     * calls gain from.
     */
    private static final int SHARED_HANDLE_CALLS = 256;

    // Plain fields: updates lost to a race only delay the linking.
    private int submits;
    private int waits;

    LibaioKernel(RawSyscalls calls) {
        super(calls);
    }

    @Override
    public long setup(int depth) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment context = zero(arena);
            // Allocated first: a context whose number is not known cannot be destroyed.
            ByteBuffer number = buffer(context);
            int result = call("io_setup", LibaioSymbols.SETUP, depth, context.address(), 0, 0, 0);
            return result < 0 ? result : number.getLong(0);
        }
    }

    @Override
    public int destroy(long context) {
        return call("io_destroy", LibaioSymbols.DESTROY, context, 0, 0, 0, 0);
    }

    @Override
    public int submit(long context, long count, long iocbs) {
        if (submits < SHARED_HANDLE_CALLS) {
            submits++;
            return call("io_submit", LibaioSymbols.SUBMIT, context, count, iocbs, 0, 0);
        }
        try {
            return (int) LibaioSymbols.Submit.HANDLE.invokeExact(context, count, iocbs);
        } catch (NoClassDefFoundError e) {
            // Linking failed once, near the end of the stack or out of memory; the JVM does not try again.
            return call("io_submit", LibaioSymbols.SUBMIT, context, count, iocbs, 0, 0);
        } catch (Throwable e) {
            throw RawSyscalls.broken("io_submit", e);
        }
    }

    @Override
    public int getEvents(long context, long min, long max, long events, long timeout) {
        if (waits < SHARED_HANDLE_CALLS) {
            waits++;
            return call("io_getevents", LibaioSymbols.GET_EVENTS, context, min, max, events, timeout);
        }
        try {
            return (int) LibaioSymbols.GetEvents.HANDLE.invokeExact(context, min, max, events, timeout);
        } catch (NoClassDefFoundError e) {
            // As above.
            return call("io_getevents", LibaioSymbols.GET_EVENTS, context, min, max, events, timeout);
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
