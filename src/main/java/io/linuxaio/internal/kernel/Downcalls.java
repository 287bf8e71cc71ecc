package io.linuxaio.internal.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Downcalls to C functions through one shared method handle, since linking a handle costs milliseconds at startup.
 *
 * <p>On each supported {@link Architecture}, arguments are passed in registers whatever their types in C. Arguments
 * beyond those of a function are ignored.
 */
final class Downcalls {
    // The arguments follow the address of the function and the memory for errno. Addresses are those of symbols looked
    // up by name; types are those of the man pages and libaio.h.
    private static final MethodHandle HANDLE = DowncallShape.ANY.link();

    private Downcalls() {}

    /** Calls a function that returns -1 and sets {@code errno} on failure. Returns its result, or -errno. */
    static long call(MemorySegment function, long a, long b, long c, long d, long e, long f) throws Throwable {
        MemorySegment errno = ErrnoCapture.acquire();
        return ErrnoCapture.answer((long) HANDLE.invokeExact(function, errno, a, b, c, d, e, f), errno);
    }

    /** Calls a function of libaio, which itself returns an {@code int} that is -errno on failure. */
    static int callLibaio(MemorySegment function, long a, long b, long c, long d, long e) throws Throwable {
        MemorySegment errno = ErrnoCapture.acquire();
        try {
            // The upper half of the register is undefined.
            return (int) (long) HANDLE.invokeExact(function, errno, a, b, c, d, e, 0L);
        } finally {
            ErrnoCapture.release(errno);
        }
    }
}
