package io.linuxaio.internal.kernel;

import io.linuxaio.internal.link.LibaioLookup;
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

    /** The handle of io_submit. */
    static final class Submit {
        static final MethodHandle HANDLE = DowncallShape.SUBMIT.link(SUBMIT);

        private Submit() {}
    }

    /** The handle of io_getevents. */
    static final class GetEvents {
        static final MethodHandle HANDLE = DowncallShape.GET_EVENTS.link(GET_EVENTS);

        private GetEvents() {}
    }
}
