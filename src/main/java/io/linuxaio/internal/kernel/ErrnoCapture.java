package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Memory into which the linker saves {@code errno} right after a call, before the VM can overwrite it.
 *
 * <p>Each platform thread has its own. Virtual threads share a pool, which never exceeds the number of their carriers:
 * a virtual thread cannot be unmounted between the call and the read of its error.
 */
final class ErrnoCapture {
    /** The option of a downcall handle that adds the memory as the first argument. */
    static final Linker.Option OPTION = Linker.Option.captureCallState("errno");

    private static final StructLayout LAYOUT = Linker.Option.captureStateLayout();
    private static final long ERRNO = offset("errno");
    private static final ThreadLocal<MemorySegment> OF_PLATFORM_THREAD = new ThreadLocal<>() {
        @Override
        protected MemorySegment initialValue() {
            return Arena.ofAuto().allocate(LAYOUT);
        }
    };
    private static final ConcurrentLinkedQueue<MemorySegment> FOR_VIRTUAL_THREADS = new ConcurrentLinkedQueue<>();

    private ErrnoCapture() {}

    // StructLayout.byteOffset would generate code at startup.
    private static long offset(String state) {
        long offset = 0;
        for (MemoryLayout member : LAYOUT.memberLayouts()) {
            if (state.equals(member.name().orElse(null))) {
                return offset;
            }
            offset += member.byteSize();
        }
        throw new IllegalStateException("the linker does not save " + state + ": " + LAYOUT);
    }

    /** Acquires memory for one call; {@link #answer} or {@link #release} must follow. */
    static MemorySegment acquire() {
        if (!Thread.currentThread().isVirtual()) {
            return OF_PLATFORM_THREAD.get();
        }
        MemorySegment pooled = FOR_VIRTUAL_THREADS.poll();
        return pooled != null ? pooled : Arena.ofAuto().allocate(LAYOUT);
    }

    /** Releases the memory and converts the result of a C function: the value itself, or -errno for -1. */
    static long answer(long returned, MemorySegment memory) {
        long result = returned == -1 ? error(memory) : returned;
        release(memory);
        return result;
    }

    private static long error(MemorySegment memory) {
        try {
            return -memory.get(JAVA_INT, ERRNO);
        } catch (OutOfMemoryError | StackOverflowError e) {
            // The call was made, and failed: an Error would say that it was not made.
            return -Errno.EIO;
        }
    }

    /** Releases the memory. */
    static void release(MemorySegment memory) {
        if (Thread.currentThread().isVirtual()) {
            try {
                FOR_VIRTUAL_THREADS.offer(memory);
            } catch (OutOfMemoryError | StackOverflowError e) {
                // The call was made, and its answer counts. The collector frees the memory.
            }
        }
    }
}
