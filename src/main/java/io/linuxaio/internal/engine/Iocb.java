package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.linuxaio.internal.abi.iocb;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Writes a {@code struct iocb} (linux/aio_abi.h) at its address.
 *
 * <p>By address, and not through a segment for each: that would be one object more to load for each operation, and one
 * look more for each field whether its memory is still there. So it must be: an engine's that is not destroyed.
 */
final class Iocb {
    // A constant that begins at 0 and never ends: nothing is left to look up.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final VarHandle INT = JAVA_INT.varHandle();

    private Iocb() {}

    /** {@code aio_data}: comes back with the completion event. */
    static void data(long address, long value) {
        MEMORY.set(JAVA_LONG, address + iocb.aio_data$offset(), value);
    }

    /** {@code aio_rw_flags}. */
    static void transferFlags(long address, int value) {
        MEMORY.set(JAVA_INT, address + iocb.aio_rw_flags$offset(), value);
    }

    /** {@code aio_key}, behind everything that was written before. */
    static void key(long address, int value) {
        INT.setRelease(MEMORY, address + iocb.aio_key$offset(), value);
    }

    /** {@code aio_key}, before anything that is read next. */
    static int key(long address) {
        return (int) INT.getAcquire(MEMORY, address + iocb.aio_key$offset());
    }

    /** {@code aio_lio_opcode}. */
    static void opcode(long address, short value) {
        MEMORY.set(JAVA_SHORT, address + iocb.aio_lio_opcode$offset(), value);
    }

    /** {@code aio_reqprio}. */
    static void priority(long address, short value) {
        MEMORY.set(JAVA_SHORT, address + iocb.aio_reqprio$offset(), value);
    }

    /** {@code aio_fildes}. */
    static void descriptor(long address, int value) {
        MEMORY.set(JAVA_INT, address + iocb.aio_fildes$offset(), value);
    }

    /** {@code aio_buf}: the address of memory, or of an array of {@code struct iovec}. */
    static void buffer(long address, long value) {
        MEMORY.set(JAVA_LONG, address + iocb.aio_buf$offset(), value);
    }

    /** {@code aio_nbytes}: bytes, or entries of that array. */
    static void length(long address, long value) {
        MEMORY.set(JAVA_LONG, address + iocb.aio_nbytes$offset(), value);
    }

    /** {@code aio_offset}: where in the file, in bytes. */
    static void position(long address, long value) {
        MEMORY.set(JAVA_LONG, address + iocb.aio_offset$offset(), value);
    }

    /** {@code aio_flags}. */
    static void flags(long address, int value) {
        MEMORY.set(JAVA_INT, address + iocb.aio_flags$offset(), value);
    }

    /** {@code aio_resfd}: an eventfd. */
    static void eventfd(long address, int value) {
        MEMORY.set(JAVA_INT, address + iocb.aio_resfd$offset(), value);
    }
}
