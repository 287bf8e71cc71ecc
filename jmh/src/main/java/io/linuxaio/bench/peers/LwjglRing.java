package io.linuxaio.bench.peers;

import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.util.List;
import org.lwjgl.BufferUtils;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.linux.FCNTL;
import org.lwjgl.system.linux.UNISTD;
import org.lwjgl.system.linux.liburing.IOURing;
import org.lwjgl.system.linux.liburing.IOURingCQE;
import org.lwjgl.system.linux.liburing.LibIOURing;
import org.lwjgl.system.linux.liburing.LibURing;

/**
 * A ring and a file, through the functions of LWJGL that take addresses, since those with objects allocate. It belongs
 * to the thread that opened it, which allows the kernel not to interrupt that thread.
 */
final class LwjglRing implements AutoCloseable {
    /** LWJGL reaches memory by a class that the JDK warns about. */
    static final List<String> JVM_FLAGS = List.of("--sun-misc-unsafe-memory-access=allow");

    private static final int EPERM = 1;
    private static final int EINVAL = 22;
    private static final int ENOSYS = 38;

    private final IOURing ring;
    private final long address;
    private final int descriptor;
    private final boolean reads;
    private final int blockSize;
    private final PointerBuffer events;

    /** Receives the completion of an operation. */
    @FunctionalInterface
    interface Ended {
        void ended(int slot, int result);
    }

    LwjglRing(Workload workload, int depth) throws IOException {
        reads = workload.reads();
        blockSize = workload.blockSize();
        descriptor = open(workload);
        ring = IOURing.calloc();
        address = ring.address();
        events = BufferUtils.createPointerBuffer(depth);
        int answer = initialize(depth);
        if (answer < 0) {
            ring.free();
            UNISTD.close(null, descriptor);
            throw refused(-answer);
        }
    }

    private static RuntimeException refused(int errno) {
        return switch (errno) {
            case EPERM, ENOSYS ->
                new UnsupportedOperationException("io_uring is refused on this machine (errno " + errno
                        + "): containers' seccomp profiles do so, and kernel.io_uring_disabled");
            default -> new IllegalStateException("io_uring_queue_init failed with errno " + errno);
        };
    }

    private static int open(Workload workload) throws IOException {
        int flags = FCNTL.O_CLOEXEC
                | (workload.reads() ? FCNTL.O_RDONLY : FCNTL.O_RDWR)
                | (workload.direct() ? StatusFlags.direct() : 0);
        int answer = FCNTL.open(null, workload.path().toString(), flags, 0);
        if (answer < 0) {
            throw new IOException("LWJGL cannot open " + workload.path());
        }
        return answer;
    }

    private int initialize(int depth) {
        int flags = LibIOURing.IORING_SETUP_SINGLE_ISSUER | LibIOURing.IORING_SETUP_DEFER_TASKRUN;
        int answer = LibURing.io_uring_queue_init(depth, ring, flags);
        // Older than Linux 6.1.
        return answer == -EINVAL ? LibURing.io_uring_queue_init(depth, ring, 0) : answer;
    }

    /** Puts an operation into the submission queue, which has room for as many as the ring was made for. */
    void prepare(int slot, long buffer, long position) {
        long entry = LibURing.nio_uring_get_sqe(address);
        if (entry == 0) {
            throw new IllegalStateException("the submission queue is full");
        }
        if (reads) {
            LibURing.nio_uring_prep_read(entry, descriptor, buffer, blockSize, position);
        } else {
            LibURing.nio_uring_prep_write(entry, descriptor, buffer, blockSize, position);
        }
        LibURing.nio_uring_sqe_set_data64(entry, slot);
    }

    /** Submits what was prepared. */
    void submit() {
        check(LibURing.nio_uring_submit(address));
    }

    /** Submits what was prepared, and waits until an operation has ended. */
    void submitAndWait() {
        check(LibURing.nio_uring_submit_and_wait(address, 1));
    }

    private static void check(int answer) {
        if (answer < 0) {
            throw new IllegalStateException("io_uring_enter failed with errno " + -answer);
        }
    }

    /**
     * Takes what has ended. The events are given back before anybody hears of them, so that there is room for those of
     * what is submitted then.
     */
    void reap(int[] slots, int[] results, Ended ended) {
        int count = LibURing.nio_uring_peek_batch_cqe(address, events.address(), events.capacity());
        for (int i = 0; i < count; i++) {
            long event = events.get(i);
            slots[i] = (int) IOURingCQE.nuser_data(event);
            results[i] = IOURingCQE.nres(event);
        }
        LibURing.nio_uring_cq_advance(address, count);
        for (int i = 0; i < count; i++) {
            ended.ended(slots[i], results[i]);
        }
    }

    @Override
    public void close() {
        LibURing.io_uring_queue_exit(ring);
        ring.free();
        UNISTD.close(null, descriptor);
    }
}
