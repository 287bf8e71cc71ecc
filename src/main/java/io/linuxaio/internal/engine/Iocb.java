package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.linuxaio.internal.abi.iocb;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The accessors of a {@code struct iocb} (linux/aio_abi.h) by its address.
 *
 * <p>By address, and not through a segment for each iocb: that would be one more object to load for each operation, and one
 * more liveness check for each field. The caller guarantees that the memory is valid: that its engine is not destroyed.
 */
final class Iocb {
    // A constant that covers all addresses, so that compilers fold its checks.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final VarHandle INT = JAVA_INT.varHandle();

    private Iocb() {}

    /** Sets {@code aio_data}, which the completion event contains. */
    static void data(long address, long value) {
        MEMORY.set(JAVA_LONG, address + iocb.aio_data$offset(), value);
    }

    /** Returns {@code aio_data}. */
    static long data(long address) {
        return MEMORY.get(JAVA_LONG, address + iocb.aio_data$offset());
    }

    /** Sets {@code aio_rw_flags}. */
    static void transferFlags(long address, int value) {
        MEMORY.set(JAVA_INT, address + iocb.aio_rw_flags$offset(), value);
    }

    /** Sets {@code aio_key}, after all earlier writes (release). */
    static void key(long address, int value) {
        INT.setRelease(MEMORY, address + iocb.aio_key$offset(), value);
    }

    /** Returns {@code aio_key}, before all later reads (acquire). */
    static int key(long address) {
        return (int) INT.getAcquire(MEMORY, address + iocb.aio_key$offset());
    }

    /** Sets {@code aio_lio_opcode}. */
    static void opcode(long address, short value) {
        MEMORY.set(JAVA_SHORT, address + iocb.aio_lio_opcode$offset(), value);
    }

    /** Sets {@code aio_reqprio}. */
    static void priority(long address, short value) {
        MEMORY.set(JAVA_SHORT, address + iocb.aio_reqprio$offset(), value);
    }

    /** Sets {@code aio_fildes}. */
    static void descriptor(long address, int value) {
        MEMORY.set(JAVA_INT, address + iocb.aio_fildes$offset(), value);
    }

    /** Sets {@code aio_buf}: the address of memory, or of an array of {@code struct iovec}. */
    static void buffer(long address, long value) {
        MEMORY.set(JAVA_LONG, address + iocb.aio_buf$offset(), value);
    }

    /** Sets {@code aio_nbytes}: bytes, or entries of that array. */
    static void length(long address, long value) {
        MEMORY.set(JAVA_LONG, address + iocb.aio_nbytes$offset(), value);
    }

    /** Sets {@code aio_offset}: the position in the file, in bytes. */
    static void position(long address, long value) {
        MEMORY.set(JAVA_LONG, address + iocb.aio_offset$offset(), value);
    }

    /** Sets {@code aio_flags}. */
    static void flags(long address, int value) {
        MEMORY.set(JAVA_INT, address + iocb.aio_flags$offset(), value);
    }

    /** Sets {@code aio_resfd}: an eventfd. */
    static void eventfd(long address, int value) {
        MEMORY.set(JAVA_INT, address + iocb.aio_resfd$offset(), value);
    }
}
