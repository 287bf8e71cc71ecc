package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.internal.link.LibaioLookup;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;

/**
 * The two functions of libaio that every operation goes through, with addresses as plain numbers: the generated handles
 * want a segment made for each, which is rubbish to be collected until the compiler has taken it out.
 */
final class LibaioCalls {
    private LibaioCalls() {}

    // Linked by name as the generated bindings do; the types are those of libaio.h, each pointer a long.
    @SuppressWarnings("restricted")
    private static MethodHandle link(String name, MemoryLayout... arguments) {
        return Linker.nativeLinker()
                .downcallHandle(LibaioLookup.symbols().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
    }

    /** {@code int io_submit(io_context_t ctx, long nr, struct iocb *ios[])}. */
    static final class Submit {
        static final MethodHandle HANDLE = link("io_submit", JAVA_LONG, JAVA_LONG, JAVA_LONG);

        private Submit() {}
    }

    /**
     * {@code int io_getevents(io_context_t ctx, long min_nr, long nr, struct io_event *events,
     * struct timespec *timeout)}.
     */
    static final class GetEvents {
        static final MethodHandle HANDLE = link("io_getevents", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

        private GetEvents() {}
    }
}
