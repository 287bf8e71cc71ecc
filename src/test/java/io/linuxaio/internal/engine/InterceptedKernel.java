package io.linuxaio.internal.engine;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.linuxaio.internal.abi.timespec;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A kernel that throws an {@link Error} before or after the work of a call, and records the waits for events. */
final class InterceptedKernel {
    static final String MESSAGE = "of the test";

    private final Kernel kernel;
    private final List<Wait> waits = new CopyOnWriteArrayList<>();
    private volatile String throwsBefore;
    private volatile String throwsAfter;

    /** The arguments of a call of io_getevents; {@link KernelAioContext#FOREVER} nanoseconds if it has no timeout. */
    record Wait(long min, long max, long nanos) {}

    InterceptedKernel(Kernel real) {
        kernel = KernelProxy.over(real, this::call);
    }

    Kernel kernel() {
        return kernel;
    }

    /** Makes the next call of this name throw without being made. */
    void throwBefore(String call) {
        throwsBefore = call;
    }

    /** Makes the next call of this name throw when its work is done: its answer is lost. */
    void throwAfter(String call) {
        throwsAfter = call;
    }

    /** Returns the waits so far. */
    List<Wait> waits() {
        return waits;
    }

    private Object call(KernelProxy.Call call) throws Throwable {
        String name = call.name();
        Object[] arguments = call.arguments();
        if ("getEvents".equals(name)) {
            waits.add(new Wait((long) arguments[1], (long) arguments[2], nanos((long) arguments[4])));
        }
        if (name.equals(throwsBefore)) {
            throwsBefore = null;
            throw new OutOfMemoryError(MESSAGE);
        }
        Object answer = call.proceed();
        if (name.equals(throwsAfter)) {
            throwsAfter = null;
            throw new OutOfMemoryError(MESSAGE);
        }
        return answer;
    }

    @SuppressWarnings("restricted")
    private static long nanos(long address) {
        if (address == 0) {
            return KernelAioContext.FOREVER;
        }
        MemorySegment time = MemorySegment.ofAddress(address).reinterpret(timespec.sizeof());
        return SECONDS.toNanos(timespec.tv_sec(time)) + timespec.tv_nsec(time);
    }
}
