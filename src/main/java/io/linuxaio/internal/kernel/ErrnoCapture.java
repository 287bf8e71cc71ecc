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
 * <p>A platform thread keeps its own. Virtual threads share a pool, which stays as small as the number of their
 * carriers: a thread cannot be unmounted between the call and the reading of its error.
 */
final class ErrnoCapture {
    /** Makes a downcall handle take the memory as its first argument. */
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

    // The layout could tell by itself, but would make code for it while a program starts.
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

    /** Memory for one call, to be handed back by {@link #answer} or {@link #giveBack}. */
    static MemorySegment take() {
        if (!Thread.currentThread().isVirtual()) {
            return OF_PLATFORM_THREAD.get();
        }
        MemorySegment pooled = FOR_VIRTUAL_THREADS.poll();
        return pooled != null ? pooled : Arena.ofAuto().allocate(LAYOUT);
    }

    /** Takes the memory back and turns a C library's answer into the seam's: the value, or -errno for -1. */
    static long answer(long returned, MemorySegment memory) {
        long answer = returned == -1 ? -memory.get(JAVA_INT, ERRNO) : returned;
        giveBack(memory);
        return answer;
    }

    /** Takes the memory back. */
    static void giveBack(MemorySegment memory) {
        if (Thread.currentThread().isVirtual()) {
            FOR_VIRTUAL_THREADS.offer(memory);
        }
    }
}
