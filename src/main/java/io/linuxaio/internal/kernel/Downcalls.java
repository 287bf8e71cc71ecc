package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Calls of C functions: one method handle serves them all, since to link one costs milliseconds of a program's start.
 *
 * <p>Arguments are registers, whatever their types in C, on each {@link Architecture} that is known; one that has more
 * in them than a function takes calls it no differently.
 */
final class Downcalls {
    // long function(long, ...), with as many arguments as syscall(2) takes here; preceded by the address of the
    // function and the memory for errno.
    private static final MethodHandle HANDLE = link();

    private Downcalls() {}

    // Addresses come from symbols that are looked up by name; types are those of man pages and libaio.h.
    @SuppressWarnings("restricted")
    private static MethodHandle link() {
        return Linker.nativeLinker()
                .downcallHandle(
                        FunctionDescriptor.of(
                                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                        // syscall is variadic; the other functions do not mind.
                        Linker.Option.firstVariadicArg(1),
                        ErrnoCapture.OPTION);
    }

    /** Calls a function that answers -1 and sets {@code errno}: answers what it returned, or -errno. */
    static long call(MemorySegment function, long a, long b, long c, long d, long e, long f) throws Throwable {
        MemorySegment errno = ErrnoCapture.take();
        return ErrnoCapture.answer((long) HANDLE.invokeExact(function, errno, a, b, c, d, e, f), errno);
    }

    /** Calls a function of libaio, which answers an {@code int} that is -errno itself. */
    static int callLibaio(MemorySegment function, long a, long b, long c, long d, long e) throws Throwable {
        MemorySegment errno = ErrnoCapture.take();
        try {
            // The upper half of the register may hold anything.
            return (int) (long) HANDLE.invokeExact(function, errno, a, b, c, d, e, 0L);
        } finally {
            ErrnoCapture.giveBack(errno);
        }
    }
}
