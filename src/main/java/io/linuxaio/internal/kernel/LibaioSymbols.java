package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.internal.link.LibaioLookup;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The functions of libaio, with addresses as plain numbers: the generated handles want a segment made for each, which is
 * rubbish to be collected until the compiler has taken it out.
 *
 * <p>{@link Downcalls} can call them all. The two that every operation goes through have handles of their own as well,
 * which do not save {@code errno}: for those who go on for long enough to make up for the linking.
 */
final class LibaioSymbols {
    static final MemorySegment SETUP = find("io_setup");
    static final MemorySegment DESTROY = find("io_destroy");
    static final MemorySegment SUBMIT = find("io_submit");
    static final MemorySegment GET_EVENTS = find("io_getevents");

    private LibaioSymbols() {}

    private static MemorySegment find(String name) {
        return LibaioLookup.symbols().findOrThrow(name);
    }

    // By address as the generated bindings do; the types are those of libaio.h, each pointer a long.
    @SuppressWarnings("restricted")
    private static MethodHandle link(MemorySegment function, MemoryLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    /** {@code int io_submit(io_context_t ctx, long nr, struct iocb *ios[])}. */
    static final class Submit {
        static final MethodHandle HANDLE = link(SUBMIT, JAVA_LONG, JAVA_LONG, JAVA_LONG);

        private Submit() {}
    }

    /**
     * {@code int io_getevents(io_context_t ctx, long min_nr, long nr, struct io_event *events,
     * struct timespec *timeout)}.
     */
    static final class GetEvents {
        static final MethodHandle HANDLE = link(GET_EVENTS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

        private GetEvents() {}
    }
}
