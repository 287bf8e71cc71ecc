package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Makes system calls through the C library's {@code syscall(2)}: one method handle serves them all, since to link one
 * costs milliseconds of a program's start.
 */
final class SystemCalls {
    private static final MethodHandle SYSCALL = link();

    private final int[] numbers = new int[SystemCall.values().length];

    SystemCalls(Architecture architecture) {
        for (SystemCall call : SystemCall.values()) {
            numbers[call.ordinal()] = call.number(architecture);
        }
    }

    // Linking by name into the C library is what this class is for; name and types are those of the man page.
    @SuppressWarnings("restricted")
    private static MethodHandle link() {
        Linker linker = Linker.nativeLinker();
        // long syscall(long number, ...), with as many arguments as io_getevents and statx take.
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1),
                ErrnoCapture.OPTION);
    }

    /** Makes a call of up to five arguments: answers what it returned, or -errno. */
    long call(SystemCall call, long a, long b, long c, long d, long e) {
        MemorySegment errno = ErrnoCapture.take();
        try {
            long number = numbers[call.ordinal()];
            return ErrnoCapture.answer((long) SYSCALL.invokeExact(errno, number, a, b, c, d, e), errno);
        } catch (Throwable thrown) {
            throw broken(call.toString(), thrown);
        }
    }

    /** A handle that throws was linked wrongly, or native access is denied: no errno says so. */
    static RuntimeException broken(String call, Throwable cause) {
        if (cause instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("the call of " + call + " failed in the VM", cause);
    }
}
