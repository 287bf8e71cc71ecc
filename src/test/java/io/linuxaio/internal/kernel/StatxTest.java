package io.linuxaio.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.abi.statx;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The fields of {@code struct statx}, at the offsets of the bindings, each with a unique value. */
class StatxTest {
    private static final int DESCRIPTOR = 17;

    @Test
    void allFieldsAreReadAtTheOffsetsOfTheBindings() {
        Statx status = status(0, StatxTest::fill);

        assertThat(status.error()).isZero();
        assertThat(status.mode()).isEqualTo(Abi.S_IFREG() | 0640);
        assertThat(status.size()).isEqualTo(0x1122_3344_5566_7788L);
        assertThat(status.alignmentKnown()).isTrue();
        assertThat(status.memoryAlignment()).isEqualTo(512);
        assertThat(status.offsetAlignment()).isEqualTo(1024);
        assertThat(status.device()).isEqualTo(new Statx.Device(8, 9));
        assertThat(status.atomicWrites()).as("limits without an answer").isEqualTo(new Statx.AtomicWrites(0, 0, 0));
    }

    @Test
    void aBlockDeviceReportsItsOwnNumber() {
        Statx status = status(0, answer -> {
            fill(answer);
            statx.stx_mode(answer, (short) Abi.S_IFBLK());
        });

        assertThat(status.isBlockDevice()).isTrue();
        assertThat(status.device()).isEqualTo(new Statx.Device(6, 7));
    }

    @Test
    void anAlignmentThatIsNotReportedIsUnknown() {
        Statx status = status(0, answer -> {
            fill(answer);
            statx.stx_mask(answer, Abi.STATX_BASIC_STATS());
        });

        assertThat(status.alignmentKnown()).isFalse();
    }

    @Test
    void anErrorIsReturned() {
        assertThat(status(-Errno.EBADF, answer -> {}).error()).isEqualTo(-Errno.EBADF);
    }

    private static void fill(MemorySegment answer) {
        // What is next to the fields that are asked for must not be taken for them.
        answer.fill((byte) 0x5a);
        statx.stx_mask(answer, Abi.STATX_BASIC_STATS() | Abi.STATX_DIOALIGN());
        statx.stx_mode(answer, (short) (Abi.S_IFREG() | 0640));
        statx.stx_size(answer, 0x1122_3344_5566_7788L);
        statx.stx_rdev_major(answer, 6);
        statx.stx_rdev_minor(answer, 7);
        statx.stx_dev_major(answer, 8);
        statx.stx_dev_minor(answer, 9);
        statx.stx_dio_mem_align(answer, 512);
        statx.stx_dio_offset_align(answer, 1024);
    }

    /** Returns the status from a kernel with this result. */
    private static Statx status(int error, Consumer<MemorySegment> answers) {
        Kernel kernel = (Kernel) Proxy.newProxyInstance(
                Kernel.class.getClassLoader(), new Class<?>[] {Kernel.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("statx");
                    assertThat(arguments[0]).isEqualTo(DESCRIPTOR);
                    assertThat((int) arguments[1] & Abi.STATX_DIOALIGN()).isNotZero();
                    answers.accept(FakeMemory.at((long) arguments[2], statx.sizeof()));
                    return error;
                });
        return Statx.of(kernel, DESCRIPTOR);
    }
}
