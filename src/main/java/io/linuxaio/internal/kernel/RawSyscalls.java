package io.linuxaio.internal.kernel;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/** Raw system calls, through {@code syscall(2)} of the C library. */
final class RawSyscalls {
    private static final MemorySegment SYSCALL =
            Linker.nativeLinker().defaultLookup().findOrThrow("syscall");

    private final int[] numbers = new int[SyscallNumber.values().length];

    RawSyscalls(Architecture architecture) {
        for (SyscallNumber call : SyscallNumber.values()) {
            numbers[call.ordinal()] = call.number(architecture);
        }
    }

    /** Makes a system call of up to five arguments. Returns its result, or -errno. */
    long call(SyscallNumber call, long a, long b, long c, long d, long e) {
        try {
            return Downcalls.call(SYSCALL, numbers[call.ordinal()], a, b, c, d, e);
        } catch (Throwable thrown) {
            throw broken(call.toString(), thrown);
        }
    }

    /** Returns the exception for a handle that threw, since it was linked wrongly or native access is denied. */
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
