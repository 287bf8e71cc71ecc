package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Collections;

/**
 * The shapes of C functions that the library links: all of its downcalls. Native images must know them when they are
 * built, from {@code META-INF/native-image/io.linuxaio/linux-aio/reachability-metadata.json}.
 */
enum DowncallShape {
    /**
     * {@code long function(long, ...)}, with the six arguments that {@code syscall(2)} takes here. It saves
     * {@code errno}. {@code syscall} is variadic; for other functions this makes no difference.
     */
    ANY(JAVA_LONG, 6, true),

    /** {@code int io_submit(io_context_t ctx, long nr, struct iocb *ios[])}. */
    SUBMIT(JAVA_INT, 3, false),

    /**
     * {@code int io_getevents(io_context_t ctx, long min_nr, long nr, struct io_event *events,
     * struct timespec *timeout)}.
     */
    GET_EVENTS(JAVA_INT, 5, false);

    private final MemoryLayout result;
    private final int arguments;
    private final boolean syscall;

    DowncallShape(MemoryLayout result, int arguments, boolean syscall) {
        this.result = result;
        this.arguments = arguments;
        this.syscall = syscall;
    }

    /** Returns the descriptor; each argument, also a pointer, is a {@code long}. */
    FunctionDescriptor descriptor() {
        return FunctionDescriptor.of(
                result, Collections.nCopies(arguments, JAVA_LONG).toArray(new MemoryLayout[0]));
    }

    /** Returns {@code true} if the call is linked as a variadic one that saves {@code errno}. */
    boolean isSyscall() {
        return syscall;
    }

    private Linker.Option[] options() {
        return syscall
                ? new Linker.Option[] {Linker.Option.firstVariadicArg(1), ErrnoCapture.OPTION}
                : new Linker.Option[0];
    }

    /** Returns a handle whose first argument is the address of the function. */
    @SuppressWarnings("restricted")
    MethodHandle link() {
        return Linker.nativeLinker().downcallHandle(descriptor(), options());
    }

    /** Returns a handle of one function. */
    @SuppressWarnings("restricted")
    MethodHandle link(MemorySegment function) {
        return Linker.nativeLinker().downcallHandle(function, descriptor(), options());
    }
}
