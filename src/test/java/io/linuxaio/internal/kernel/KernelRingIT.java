package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.LinuxAio;
import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.abi.io_event;
import io.linuxaio.internal.abi.iocb;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.FrozenVolume;
import io.linuxaio.testing.Libc;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kernel's ring, from which each event is reaped once: when it is full, polled, signalled by an eventfd, or
 * destroyed.
 */
class KernelRingIT extends RealKernelFixture {
    /** More than the size of any ring created for {@link #DEPTH}. */
    private static final int MANY = 100_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void aFullRingAcceptsAsManyMoreAsAreReaped(int more) {
        MemorySegment block = block(3);
        List<MemorySegment> requests = new ArrayList<>();
        int answer = 1;
        while (answer == 1 && requests.size() < MANY) {
            MemorySegment request = write(requests.size(), block, 0);
            answer = submit(request);
            if (answer == 1) {
                requests.add(request);
            }
        }
        int full = requests.size();
        assertThat(answer).as("after %d", full).isEqualTo(-Errno.EAGAIN);
        assertThat(full).isGreaterThanOrEqualTo(DEPTH);
        BitSet seen = new BitSet();

        reapInto(seen, more);
        for (int i = 0; i < more; i++) {
            submitPatiently(write(full + i, block, 0));
        }
        reapInto(seen, full);

        assertThat(seen.cardinality()).isEqualTo(full + more);
        assertThat(seen.length()).isEqualTo(full + more);
        assertThat(events(0, 1, io_event.allocateArray(1, arena), 0)).isZero();
    }

    /** The kernel counts reaped events in portions: a slot may be released slightly later than its event. */
    private void submitPatiently(MemorySegment request) {
        Await.until("a slot in the ring", () -> submit(request) == 1);
    }

    private void reapInto(BitSet seen, int count) {
        MemorySegment events = io_event.allocateArray(count, arena);
        int left = count;
        while (left > 0) {
            int got = events(1, left, events, FOREVER);
            assertThat(got).isPositive();
            for (int i = 0; i < got; i++) {
                MemorySegment event = io_event.asSlice(events, i);
                int number = (int) io_event.data(event);
                assertThat(io_event.res(event)).isEqualTo(BLOCK);
                assertThat(seen.get(number)).as("duplicate event %d", number).isFalse();
                seen.set(number);
            }
            left -= got;
        }
    }

    @Test
    void anEventfdCountsCompletions() {
        int eventfd = Libc.eventfd();
        MemorySegment counter = arena.allocate(JAVA_LONG);
        MemorySegment[] requests = new MemorySegment[DEPTH];
        for (int i = 0; i < DEPTH; i++) {
            requests[i] = signalling(write(i, block(i), (long) i * BLOCK), eventfd);
        }

        assertThat(submit(requests)).isEqualTo(DEPTH);
        long reported = 0;
        while (reported < DEPTH) {
            Libc.read(eventfd, counter);
            reported += counter.get(JAVA_LONG, 0);
        }

        assertThat(reported).isEqualTo(DEPTH);
        // The reported events are there: nothing waits.
        assertThat(events(0, DEPTH, io_event.allocateArray(DEPTH, arena), 0)).isEqualTo(DEPTH);
        kernel.close(eventfd);
    }

    @Test
    void anInvalidEventfdIsRefused() {
        assertThat(submit(signalling(write(1, block(1), 0), -1))).isEqualTo(-Errno.EBADF);
        assertThat(submit(signalling(write(1, block(1), 0), file))).isEqualTo(-Errno.EINVAL);
        assertThat(kernel.lseek(file, 0, SEEK_END)).isZero();
    }

    private static MemorySegment signalling(MemorySegment request, int eventfd) {
        iocb.aio_flags(request, Abi.IOCB_FLAG_RESFD());
        iocb.aio_resfd(request, eventfd);
        return request;
    }

    @Test
    void noPollIsLostWhateverItsTiming() {
        int eventfd = Libc.eventfd();
        MemorySegment one = arena.allocate(JAVA_LONG);
        one.set(JAVA_LONG, 0, 1);
        MemorySegment counter = arena.allocate(JAVA_LONG);
        MemorySegment poll = request(0, Abi.IOCB_CMD_POLL(), eventfd, MemorySegment.ofAddress(Abi.POLLIN()), 0, 0);
        for (int i = 0; i < 5_000; i++) {
            iocb.aio_data(poll, i);
            // Before, while and after the poll is set.
            Thread signal = Thread.ofPlatform().unstarted(() -> Libc.write(eventfd, one));
            if (i % 3 == 0) {
                signal.run();
            } else if (i % 3 == 1) {
                signal.start();
            }
            assertThat(submit(poll)).isEqualTo(1);
            if (i % 3 == 2) {
                signal.run();
            }
            assertThat(reap(1)).containsExactly(Map.entry((long) i, (long) Abi.POLLIN()));
            assertThat(Libc.read(eventfd, counter)).isEqualTo(8);
            assertThat(counter.get(JAVA_LONG, 0)).isEqualTo(1);
        }
        kernel.close(eventfd);
    }

    @Test
    void aReadOfAFileCannotBeCancelled() {
        MemorySegment event = io_event.allocate(arena);
        MemorySegment read = request(1, Abi.IOCB_CMD_PREAD(), file, block(0), BLOCK, 0);
        assertThat(submit(read)).isEqualTo(1);

        assertThat(Abi.io_cancel(MemorySegment.ofAddress(context), read, event)).isEqualTo(-Errno.EINVAL);

        assertThat(reap(1)).containsKey(1L);
    }

    @Test
    void destroyingWaitsUntilTheKernelHasReleasedTheBuffers() throws Exception {
        try (FrozenVolume held = FrozenVolume.in(directory)) {
            Path path = held.file("held", BLOCK);
            int descriptor = kernel.open(path.toString().getBytes(StandardCharsets.UTF_8), RW | OFlags.DIRECT, 0);
            assertThat(descriptor).isNotNegative();
            MemorySegment block = block(5);
            FutureTask<Integer> destruction = new FutureTask<>(() -> kernel.destroy(context));
            try (FrozenVolume.Hold hold = held.hold()) {
                assertThat(submit(request(1, Abi.IOCB_CMD_PWRITE(), descriptor, block, BLOCK, 0)))
                        .isEqualTo(1);

                Thread destroyer = Thread.ofPlatform().start(destruction);
                Await.until("the ring is destroyed", () -> submit(read(2, block, 0)) == -Errno.EINVAL);
                assertThat(destruction.isDone())
                        .as("destroyed under a write in flight")
                        .isFalse();
                hold.release();
                destroyer.join();
            }
            assertThat(destruction.get()).isZero();
            context = 0;
            kernel.close(descriptor);
            assertThat(Files.readAllBytes(path)).isEqualTo(Bytes.of(block));
        }
    }

    /** Claims few requests, and leaves the others to other processes. */
    @Test
    void requestsAreClaimedUpToTheLimitOfTheHost() {
        long[] claimed = new long[1];
        // Other processes claim and release requests at the same time.
        Await.until("no other process changes the figure", () -> {
            long before = LinuxAio.limits().used();
            long other = kernel.setup(DEPTH);
            claimed[0] = LinuxAio.limits().used() - before;
            return kernel.destroy(other) == 0 && claimed[0] == DEPTH;
        });

        // The context of this test has its part of them already.
        assertThat(kernel.setup((int) LinuxAio.limits().max())).isEqualTo(-Errno.EAGAIN);
    }
}
