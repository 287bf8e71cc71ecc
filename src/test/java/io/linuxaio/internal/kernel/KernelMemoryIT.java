package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.abi.Abi;
import io.linuxaio.testing.Libc;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory that is inaccessible in part or whole, and requests for more than one transfer. */
class KernelMemoryIT extends RealKernelFixture {
    private static final int RW_MEMORY = Libc.PROT_READ | Libc.PROT_WRITE;

    private MemorySegment pages;

    @BeforeEach
    void map() {
        pages = Libc.mapPages(2 * BLOCK, RW_MEMORY);
        pages.fill((byte) 7);
        assertThat(run(write(1, pages, 0))).isEqualTo(2 * BLOCK);
    }

    @AfterEach
    void unmap() {
        Libc.unmap(pages);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inaccessibleMemoryIsAFaultForReadsAndWrites(boolean direct) {
        int descriptor = descriptor(direct);
        Libc.protect(pages, Libc.PROT_NONE);

        assertThat(run(request(1, Abi.IOCB_CMD_PREAD(), descriptor, pages, BLOCK, 0)))
                .isEqualTo(-Errno.EFAULT);
        assertThat(run(request(2, Abi.IOCB_CMD_PWRITE(), descriptor, pages, BLOCK, 0)))
                .isEqualTo(-Errno.EFAULT);
        close(descriptor);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readOnlyMemoryCanBeWrittenFromButNotReadInto(boolean direct) {
        int descriptor = descriptor(direct);
        pages.fill((byte) 9);
        Libc.protect(pages, Libc.PROT_READ);

        assertThat(run(request(1, Abi.IOCB_CMD_PWRITE(), descriptor, pages, BLOCK, 0)))
                .isEqualTo(BLOCK);
        assertThat(run(request(2, Abi.IOCB_CMD_PREAD(), descriptor, pages, BLOCK, BLOCK)))
                .isEqualTo(-Errno.EFAULT);
        assertThat(pages.get(JAVA_BYTE, 0)).isEqualTo((byte) 9);
        close(descriptor);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void memoryWithAnInaccessibleSecondPageTransfersTheFirstAtMost(boolean direct) {
        int descriptor = descriptor(direct);
        pages.fill((byte) 9);
        Libc.protect(pages.asSlice(BLOCK), Libc.PROT_NONE);

        long written = run(request(1, Abi.IOCB_CMD_PWRITE(), descriptor, pages, 2 * BLOCK, 0));

        assertThat(written).isIn((long) BLOCK, (long) -Errno.EFAULT);
        MemorySegment back = arena.allocate(2 * BLOCK, BLOCK);
        assertThat(run(read(2, back, 0))).isEqualTo(2 * BLOCK);
        assertThat(back.get(JAVA_BYTE, BLOCK)).isEqualTo((byte) 7);
        if (written > 0) {
            assertThat(back.get(JAVA_BYTE, BLOCK - 1)).isEqualTo((byte) 9);
        }
        Libc.protect(pages, RW_MEMORY);
        close(descriptor);
    }

    @Test
    void unmappedMemoryIsAFault() {
        MemorySegment gone = Libc.mapPages(BLOCK, RW_MEMORY);
        Libc.unmap(gone);

        assertThat(run(request(1, Abi.IOCB_CMD_PREAD(), file, gone, BLOCK, 0))).isEqualTo(-Errno.EFAULT);
    }

    @Test
    void anUnreadableArrayOfSegmentsIsAFault() {
        MemorySegment noAccess = Libc.mapPages(BLOCK, Libc.PROT_NONE);

        assertThat(submit(request(1, Abi.IOCB_CMD_PWRITEV(), file, noAccess, 1, 0)))
                .isEqualTo(-Errno.EFAULT);
        Libc.unmap(noAccess);
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 31, (1L << 31) + BLOCK, 3L << 30, Long.MAX_VALUE / BLOCK * BLOCK})
    void aHugeReadReturnsTheWholeFile(long length) {
        MemorySegment huge = Libc.mapPages(3L << 30, RW_MEMORY);
        int direct = descriptor(true);

        long answer = run(request(1, Abi.IOCB_CMD_PREAD(), direct, huge, length, 0));

        assertThat(answer).isIn(2L * BLOCK, (long) -Errno.EFAULT);
        if (length <= huge.byteSize()) {
            assertThat(answer).isEqualTo(2 * BLOCK);
            assertThat(huge.get(JAVA_BYTE, 2 * BLOCK - 1)).isEqualTo((byte) 7);
            assertThat(huge.get(JAVA_BYTE, 2 * BLOCK)).isZero();
        }
        close(direct);
        Libc.unmap(huge);
    }

    private int descriptor(boolean direct) {
        int descriptor = open("data", RW | (direct ? OFlags.DIRECT : 0));
        assertThat(descriptor).isNotNegative();
        return descriptor;
    }

    private void close(int descriptor) {
        assertThat(kernel.close(descriptor)).isZero();
    }
}
