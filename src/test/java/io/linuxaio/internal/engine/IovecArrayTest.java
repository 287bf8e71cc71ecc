package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.abi.iovec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IovecArrayTest {
    private final Arena arena = Arena.ofConfined();
    private final IovecArray array = new IovecArray(arena);

    @AfterEach
    void free() {
        arena.close();
    }

    /** Returns the bytes that the kernel would access, one address for each. */
    @SuppressWarnings("restricted")
    private List<Long> bytesOf(long address) {
        MemorySegment entries = MemorySegment.ofAddress(address).reinterpret(array.count() * iovec.sizeof());
        List<Long> bytes = new ArrayList<>();
        for (int i = 0; i < array.count(); i++) {
            MemorySegment entry = iovec.asSlice(entries, i);
            assertThat(iovec.iov_len(entry)).as("length of an entry").isPositive();
            for (long b = 0; b < iovec.iov_len(entry); b++) {
                bytes.add(iovec.iov_base(entry).address() + b);
            }
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4, 7, 8, 9, 10})
    void transferredBytesAreSkipped(long done) {
        MemorySegment[] segments = {
            arena.allocate(3), arena.allocate(0), arena.allocate(1), arena.allocate(4), arena.allocate(2)
        };
        List<Long> all = new ArrayList<>();
        for (MemorySegment segment : segments) {
            for (long b = 0; b < segment.byteSize(); b++) {
                all.add(segment.address() + b);
            }
        }

        assertThat(bytesOf(array.fill(segments, done))).isEqualTo(all.subList((int) done, all.size()));
    }

    /** The arena frees nothing before the queue closes. */
    @Test
    void anArrayIsUsedAgain() {
        MemorySegment[] four = {arena.allocate(2), arena.allocate(2), arena.allocate(2), arena.allocate(2)};
        MemorySegment[] two = {four[0], four[1]};
        long address = array.fill(four, 0);

        assertThat(array.fill(two, 0)).isEqualTo(address);
        assertThat(array.fill(four, 0)).isEqualTo(address);
    }

    @Test
    void grows() {
        for (int count : new int[] {1, 2, 1024, 3}) {
            MemorySegment[] segments = new MemorySegment[count];
            for (int i = 0; i < count; i++) {
                segments[i] = arena.allocate(2);
            }

            assertThat(bytesOf(array.fill(segments, 1))).hasSize(2 * count - 1);
            assertThat(array.count()).isEqualTo(count);
        }
    }
}
