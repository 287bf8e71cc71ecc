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
 * The symbols of libaio. Addresses are plain numbers: the generated handles take segments, which are garbage until the
 * compiler eliminates their allocation.
 *
 * <p>{@link Downcalls} calls all of them. The two functions on the path of every operation also have handles of their
 * own, which do not save {@code errno}; they pay off in processes that make many calls.
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

    // Linked by address, as in the generated bindings; types are those of libaio.h, each pointer a long.
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
