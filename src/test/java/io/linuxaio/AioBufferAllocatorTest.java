package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.RefCount;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Buffers of any size: aligned, disjoint, freed one by one, and not under an operation. */
@Timeout(60)
class AioBufferAllocatorTest {
    private static final long CHUNK = 64L << 10;

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "1, 4096",
        "100, 512",
        "511, 512",
        "512, 512",
        "513, 512",
        "4096, 4096",
        "5000, 16384",
        "65536, 512",
        "65537, 512",
        "1, 65536",
        "1, 131072",
        "1000000, 4096"
    })
    void aBufferHasTheSizeAndTheAlignmentRequested(long size, long alignment) {
        try (AioBufferAllocator allocator = AioBufferAllocator.open(CHUNK);
                AioBuffer buffer = allocator.allocate(size, alignment)) {
            assertThat(buffer.segment().byteSize()).isEqualTo(size);
            assertThat(buffer.segment().address() % alignment).isZero();
            assertThat(ArenaRefs.isUnguarded(buffer.segment())).isFalse();
            buffer.segment().fill((byte) 1);
            assertThat(allocator.allocated()).isEqualTo(1);
        }
    }

    @Test
    void theDefaultAlignmentSuitsDirectInputAndOutput() {
        try (AioBufferAllocator allocator = AioBufferAllocator.open();
                AioBuffer small = allocator.allocate(1);
                AioBuffer next = allocator.allocate(1)) {
            assertThat(small.segment().address() % 4096).isZero();
            assertThat(next.segment().address() % 4096).isZero();
            assertThat(allocator.reservedBytes()).isEqualTo(AioBufferAllocator.DEFAULT_CHUNK_SIZE);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void aSizeBelowOneIsRefused(long size) {
        try (AioBufferAllocator allocator = AioBufferAllocator.open()) {
            assertThatThrownBy(() -> allocator.allocate(size))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(size));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 3, 4095, Long.MAX_VALUE, Long.MIN_VALUE})
    void anAlignmentThatIsNoPowerOfTwoIsRefused(long alignment) {
        try (AioBufferAllocator allocator = AioBufferAllocator.open()) {
            assertThatThrownBy(() -> allocator.allocate(1, alignment)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1000, 32 << 10, (64 << 10) + 1, 2L << 30, Long.MAX_VALUE})
    void aChunkSizeOutsideTheRangeIsRefused(long size) {
        assertThatThrownBy(() -> AioBufferAllocator.open(size)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 4096",
        "9223372036854771712, 4096",
        "1, 4611686018427387904",
        "1152921504606846976, 1"
    })
    void memoryThatCannotBeHadIsAnErrorThatLosesNothing(long size, long alignment) {
        try (AioBufferAllocator allocator = AioBufferAllocator.open(CHUNK)) {
            assertThatThrownBy(() -> allocator.allocate(size, alignment)).isInstanceOf(OutOfMemoryError.class);
            assertThat(allocator.allocated()).isZero();
            assertThat(allocator.reservedBytes()).isZero();
            allocator.allocate(4096).close();
        }
    }

    @Test
    void freedMemoryIsMergedAndUsedAgain() {
        try (AioBufferAllocator allocator = AioBufferAllocator.open(CHUNK)) {
            for (int round = 0; round < 3; round++) {
                List<AioBuffer> all = new ArrayList<>();
                for (int i = 0; i < CHUNK / 512; i++) {
                    all.add(allocator.allocate(512, 512));
                }
                assertThat(allocator.reservedBytes()).isEqualTo(CHUNK);
                all.forEach(AioBuffer::close);
                allocator.allocate(CHUNK).close();
                assertThat(allocator.reservedBytes())
                        .as("the whole chunk is one block")
                        .isEqualTo(CHUNK);
            }
            assertThat(allocator.trim()).isEqualTo(CHUNK);
            assertThat(allocator.reservedBytes()).isZero();
        }
    }

    @Test
    void buffersNeverOverlap() {
        Random random = new Random(20261127);
        try (AioBufferAllocator allocator = AioBufferAllocator.open(CHUNK)) {
            TreeMap<Long, AioBuffer> out = new TreeMap<>();
            for (int i = 0; i < 20_000; i++) {
                if (out.size() < 60 && random.nextInt(5) > 1) {
                    AioBuffer made = allocator.allocate(
                            1 + random.nextInt(1 << random.nextInt(1, 17)), 1L << random.nextInt(14));
                    long start = made.segment().address();
                    long end = start + made.segment().byteSize();
                    var before = out.lowerEntry(end);
                    if (before != null) {
                        MemorySegment other = before.getValue().segment();
                        assertThat(other.address() + other.byteSize()).isLessThanOrEqualTo(start);
                    }
                    out.put(start, made);
                } else if (!out.isEmpty()) {
                    Long key = out.ceilingKey(out.firstKey() + random.nextInt(1 << 20));
                    out.remove(key == null ? out.firstKey() : key).close();
                }
                assertThat(allocator.allocated()).isEqualTo(out.size());
            }
            out.values().forEach(AioBuffer::close);
        }
    }

    @Test
    void eachBufferHasACountOfItsOwnFoundFromAnyOfItsBytes() {
        try (AioBufferAllocator allocator = AioBufferAllocator.open(CHUNK);
                AioBuffer one = allocator.allocate(5000, 512);
                AioBuffer two = allocator.allocate(512, 512);
                AioBuffer three = allocator.allocate(16384, 512)) {
            for (AioBuffer buffer : List.of(one, two, three)) {
                RefCount count = ArenaRefs.of(buffer.segment());
                for (long at = 0; at < buffer.segment().byteSize(); at += 500) {
                    assertThat(ArenaRefs.of(buffer.segment().asSlice(at))).isSameAs(count);
                }
            }
            assertThat(ArenaRefs.of(one.segment())).isNotSameAs(ArenaRefs.of(two.segment()));
            assertThat(ArenaRefs.of(two.segment())).isNotSameAs(ArenaRefs.of(three.segment()));
            assertThat(ArenaRefs.of(one.segment().asSlice(5000))).as("no bytes").isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4096, 4 * CHUNK})
    void aBufferReleasedDuringAnOperationIsFreedAfterIt(long size) {
        try (AioBufferAllocator allocator = AioBufferAllocator.open(CHUNK)) {
            AioBuffer buffer = allocator.allocate(size);
            MemorySegment segment = buffer.segment();
            RefCount uses = ArenaRefs.of(segment);
            assertThat(uses.tryAcquire()).isTrue();

            buffer.close();
            assertThat(allocator.allocated()).isEqualTo(1);
            assertThat(ArenaRefs.of(segment).tryAcquire())
                    .as("no new operation begins")
                    .isFalse();
            assertThatThrownBy(allocator::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("1 buffer");
            assertThat(allocator.trim()).isZero();
            segment.set(JAVA_BYTE, 0, (byte) 1);
            try (AioBuffer other = allocator.allocate(size)) {
                assertThat(other.segment().asOverlappingSlice(segment)).isEmpty();
            }

            uses.release();
            assertThat(allocator.allocated()).isZero();
        }
    }

    @Test
    void aReleasedBufferIsRefused() {
        try (AioBufferAllocator allocator = AioBufferAllocator.open()) {
            AioBuffer buffer = allocator.allocate(4096);
            MemorySegment segment = buffer.segment();
            buffer.close();
            buffer.close();
            assertThat(allocator.allocated()).isZero();
            assertThatThrownBy(buffer::segment)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("released to AioBufferAllocator");
            assertThatThrownBy(buffer::asByteBuffer).isInstanceOf(IllegalStateException.class);
            assertThat(ArenaRefs.of(segment).tryAcquire()).isFalse();

            try (AioBuffer next = allocator.allocate(4096)) {
                buffer.close();
                assertThat(next.segment().address()).isEqualTo(segment.address());
                assertThat(allocator.allocated()).as("the next borrower's").isEqualTo(1);
            }
        }
    }

    @Test
    void aClosedAllocatorRefuses() {
        AioBufferAllocator allocator = AioBufferAllocator.open(CHUNK);
        MemorySegment segment;
        try (AioBuffer buffer = allocator.allocate(4096)) {
            segment = buffer.segment();
        }
        allocator.close();
        allocator.close();
        assertThat(segment.scope().isAlive()).isFalse();
        assertThat(allocator.reservedBytes()).isZero();
        assertThatThrownBy(() -> allocator.allocate(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> allocator.allocate(2 * CHUNK)).isInstanceOf(IllegalStateException.class);
        assertThat(allocator.allocated()).isZero();
    }

    @Test
    void aByteBufferIsMadeOnceAndLeadsBackToItsBuffer() {
        try (AioBufferAllocator allocator = AioBufferAllocator.open(CHUNK);
                AioBuffer other = allocator.allocate(8192);
                AioBuffer large = allocator.allocate(3 * CHUNK)) {
            AioBuffer buffer = allocator.allocate(8192);
            ByteBuffer bytes = buffer.asByteBuffer();
            assertThat(bytes.isDirect()).isTrue();
            assertThat(bytes.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
            assertThat(bytes.remaining()).isEqualTo(8192);
            bytes.position(100);
            assertThat(buffer.asByteBuffer()).isSameAs(bytes);
            assertThat(allocator.bufferOf(bytes)).containsSame(buffer);
            assertThat(allocator.bufferOf(bytes.slice())).containsSame(buffer);
            bytes.position(bytes.limit());
            assertThat(allocator.bufferOf(bytes)).as("without bytes left").containsSame(buffer);
            assertThat(allocator.bufferOf(other.asByteBuffer())).containsSame(other);
            assertThat(allocator.bufferOf(large.asByteBuffer())).containsSame(large);
            assertThat(allocator.bufferOf(ByteBuffer.allocate(10))).isEmpty();
            assertThat(allocator.bufferOf(ByteBuffer.allocateDirect(10))).isEmpty();
            buffer.close();
            assertThat(allocator.bufferOf(bytes)).isEmpty();
        }
    }

    @Test
    void manyThreadsAllocateAndFree() throws Exception {
        try (AioBufferAllocator allocator = AioBufferAllocator.open(CHUNK);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                byte mark = (byte) (t + 1);
                all.add(threads.submit(() -> {
                    Random random = new Random(mark);
                    for (int i = 0; i < 2000; i++) {
                        try (AioBuffer buffer = allocator.allocate(1 + random.nextInt(20_000), 512)) {
                            MemorySegment segment = buffer.segment().fill(mark);
                            assertThat(segment.get(JAVA_BYTE, segment.byteSize() - 1))
                                    .isEqualTo(mark);
                            assertThat(segment.get(JAVA_BYTE, 0)).isEqualTo(mark);
                        }
                    }
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
            assertThat(allocator.allocated()).isZero();
        }
    }
}
