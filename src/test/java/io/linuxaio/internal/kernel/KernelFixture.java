package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.abi.io_event;
import io.linuxaio.internal.abi.iocb;
import io.linuxaio.internal.abi.iovec;
import io.linuxaio.internal.abi.timespec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A context, a file, and requests in the terms of the kernel, for the contract of {@link Kernel}. */
@Timeout(60)
abstract class KernelFixture {
    static final int DEPTH = 8;
    static final int BLOCK = 4096;
    static final int RW = OFlags.READ_WRITE | OFlags.CLOSE_ON_EXEC;
    static final long FOREVER = -1;
    static final int SEEK_END = 2;

    final Arena arena = Arena.ofShared();
    Kernel kernel;
    long context;
    int file;

    /** Returns the backend under test. */
    abstract Kernel kernel();

    /** Returns the path of an existing directory to work in. */
    abstract String directory();

    @BeforeEach
    void setUp() {
        kernel = kernel();
        context = kernel.setup(DEPTH);
        assertThat(context).isPositive();
        file = open("data", RW | OFlags.CREATE);
        assertThat(file).isNotNegative();
    }

    @AfterEach
    void tearDown() {
        kernel.close(file);
        kernel.unlink(path("data"));
        if (context != 0) {
            assertThat(kernel.destroy(context)).isZero();
        }
        arena.close();
    }

    byte[] path(String name) {
        return (directory() + "/" + name).getBytes(StandardCharsets.UTF_8);
    }

    int open(String name, int flags) {
        return kernel.open(path(name), flags, 0640);
    }

    MemorySegment block(int fill) {
        MemorySegment block = arena.allocate(BLOCK, BLOCK);
        block.fill((byte) fill);
        return block;
    }

    MemorySegment request(long data, int opcode, int descriptor, MemorySegment memory, long count, long at) {
        MemorySegment request = iocb.allocate(arena);
        iocb.aio_data(request, data);
        iocb.aio_lio_opcode(request, (short) opcode);
        iocb.aio_fildes(request, descriptor);
        iocb.aio_buf(request, memory.address());
        iocb.aio_nbytes(request, count);
        iocb.aio_offset(request, at);
        return request;
    }

    MemorySegment read(long data, MemorySegment memory, long at) {
        return request(data, Abi.IOCB_CMD_PREAD(), file, memory, memory.byteSize(), at);
    }

    MemorySegment write(long data, MemorySegment memory, long at) {
        return request(data, Abi.IOCB_CMD_PWRITE(), file, memory, memory.byteSize(), at);
    }

    MemorySegment segments(MemorySegment... memory) {
        MemorySegment array = iovec.allocateArray(memory.length, arena);
        for (int i = 0; i < memory.length; i++) {
            iovec.iov_base(iovec.asSlice(array, i), memory[i]);
            iovec.iov_len(iovec.asSlice(array, i), memory[i].byteSize());
        }
        return array;
    }

    int submit(MemorySegment... requests) {
        MemorySegment pointers = arena.allocate(JAVA_LONG, Math.max(1, requests.length));
        for (int i = 0; i < requests.length; i++) {
            pointers.setAtIndex(JAVA_LONG, i, requests[i].address());
        }
        return kernel.submit(context, requests.length, pointers.address());
    }

    int events(long min, long max, MemorySegment events, long nanos) {
        MemorySegment timeout = timespec.allocate(arena);
        timespec.tv_nsec(timeout, nanos);
        return kernel.getEvents(context, min, max, events.address(), nanos == FOREVER ? 0 : timeout.address());
    }

    /** Waits for so many events, and returns the results by user data. */
    Map<Long, Long> reap(int count) {
        MemorySegment events = io_event.allocateArray(DEPTH, arena);
        Map<Long, Long> results = new TreeMap<>();
        while (results.size() < count) {
            int got = events(1, DEPTH, events, FOREVER);
            assertThat(got).isPositive();
            for (int i = 0; i < got; i++) {
                MemorySegment event = io_event.asSlice(events, i);
                assertThat(results.put(io_event.data(event), io_event.res(event)))
                        .as("duplicate event")
                        .isNull();
            }
        }
        assertThat(results).hasSize(count);
        return results;
    }

    long run(MemorySegment request) {
        assertThat(submit(request)).isEqualTo(1);
        return reap(1).get(iocb.aio_data(request));
    }
}
