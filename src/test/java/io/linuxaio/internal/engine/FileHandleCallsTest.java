package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.internal.kernel.Statx;
import io.linuxaio.testing.SmallStack;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The system calls on the descriptor of a handle. */
class FileHandleCallsTest extends FileHandleFixture {
    private static final int F_GETFL = 3;
    private static final int CALLS = 50;

    private static Arguments call(String name, FakeCall call, ToLongFunction<FileHandle> made) {
        return Arguments.of(name, call, made);
    }

    static Stream<Arguments> calls() {
        return Stream.of(
                call("size", FakeCall.STATX, FileHandle::size),
                call("setLength", FakeCall.FTRUNCATE, file -> file.setLength(BLOCK)),
                call("allocate", FakeCall.FALLOCATE, file -> file.allocate(0, 0, BLOCK)),
                call("force with metadata", FakeCall.FSYNC, file -> file.force(true)),
                call("force", FakeCall.FDATASYNC, file -> file.force(false)),
                call("advise", FakeCall.FADVISE, file -> file.advise(2, 0, BLOCK)),
                call("setDirect", FakeCall.FCNTL, file -> file.setDirect(true)),
                call("nextData", FakeCall.LSEEK, file -> file.nextData(0)),
                call("nextHole", FakeCall.LSEEK, file -> file.nextHole(0)),
                call("lock", FakeCall.FLOCK, file -> file.lock(file, true, true)),
                call("openCached", FakeCall.OPEN, file -> file.openCached(0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void anErrorIsTheAnswer(String name, FakeCall call, ToLongFunction<FileHandle> made) {
        kernel.put(PATH.toString(), new byte[BLOCK]);
        FileHandle file = open();
        kernel.fail(call, Errno.EIO, 1);

        assertThat(made.applyAsLong(file)).isEqualTo(-Errno.EIO);

        assertThat(made.applyAsLong(file)).as("of the next call").isNotNegative();
        assertThat(file.uses().uses()).isZero();
        file.closeWhenIdle();
    }

    /** Its kernel takes much stack, and less than the engine keeps free. */
    @Test
    void aCloseNearTheEndOfTheStackIsMadeOnceItsCallFits() throws InterruptedException {
        AtomicBoolean outOfMemory = new AtomicBoolean(true);
        Kernel deep = KernelProxy.over(kernel, call -> {
            if (call.is("close")) {
                sum(CALLS);
                if (outOfMemory.getAndSet(false)) {
                    throw new OutOfMemoryError("of the test");
                }
            }
            return call.proceed();
        });
        // All classes are initialized before, those for a close that is tried again, too.
        FileHandle first = open(deep);
        first.closeWhenIdle();
        first.closeWhenIdle();
        assertThat(kernel.openDescriptors()).isZero();
        FileHandle file = open(deep);

        SmallStack.onTheWayBack(Integer.MAX_VALUE, () -> {
            if (!file.isDescriptorClosed()) {
                file.closeWhenIdle();
            }
        });

        assertThat(file.isDescriptorClosed()).isTrue();
        assertThat(kernel.openDescriptors()).isZero();
    }

    private static int sum(int calls) {
        return calls == 0 ? 0 : calls + sum(calls - 1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void aClosedFileIsNotCalled(String name, FakeCall call, ToLongFunction<FileHandle> made) {
        FileHandle file = open();
        file.closeWhenIdle();
        long before = kernel.count(call);

        assertThat(made.applyAsLong(file)).isEqualTo(FileHandle.CLOSED);

        assertThat(kernel.count(call)).isEqualTo(before);
    }

    @Test
    void extentsAreSharedWithAnotherOpenFile() {
        FileHandle target = open();
        FileHandle source = open();
        kernel.fixResult(FakeCall.REFLINK, -Errno.EXDEV);
        assertThat(target.reflinkTo(source)).isEqualTo(-Errno.EXDEV);
        kernel.fixResult(FakeCall.REFLINK, 0);
        assertThat(target.reflinkTo(source)).isZero();
        assertThat(target.uses().uses()).isZero();
        assertThat(source.uses().uses()).isZero();

        source.closeWhenIdle();
        assertThat(target.reflinkTo(source)).isEqualTo(FileHandle.CLOSED);
        target.closeWhenIdle();

        assertThat(target.reflinkTo(source)).isEqualTo(FileHandle.CLOSED);
        assertThat(kernel.count(FakeCall.REFLINK)).isEqualTo(2);
    }

    @Test
    void theSizeIsThatOfTheFileNow() {
        FileHandle file = open();
        assertThat(file.setLength(3 * BLOCK)).isZero();

        assertThat(file.size()).isEqualTo(3 * BLOCK);
        assertThat(file.length().is(3 * BLOCK)).isTrue();
        assertThat(file.setLength(0)).isZero();
        assertThat(file.size()).isZero();
        assertThat(file.length().is(0)).isTrue();
        file.closeWhenIdle();
    }

    @Test
    void aSizeThatIsNotReportedLeavesTheKnownOne() {
        kernel.put(PATH.toString(), new byte[BLOCK]);
        FileHandle file = open();
        kernel.fail(FakeCall.STATX, Errno.EIO, 1);
        assertThat(file.size()).isNegative();
        file.closeWhenIdle();
        assertThat(file.size()).isNegative();

        assertThat(file.length().is(BLOCK)).isTrue();
    }

    @Test
    void theSizeOfABlockDeviceIsItsEnd() {
        kernel.put(PATH.toString(), new byte[9 * BLOCK]);
        FileHandle disk = openBlockDevice();
        kernel.fail(FakeCall.STATX, Errno.EIO, 1);

        assertThat(disk.size()).isEqualTo(9 * BLOCK);
        assertThat(disk.length().is(9 * BLOCK)).isTrue();
        kernel.fail(FakeCall.LSEEK, Errno.ENOMEM, 1);
        assertThat(disk.size()).isEqualTo(-Errno.ENOMEM);
        disk.closeWhenIdle();
        assertThat(disk.size()).isEqualTo(FileHandle.CLOSED);
    }

    @Test
    void theStatusIsThatOfTheFileNow() {
        FileHandle file = open();
        assertThat(file.setLength(7)).isZero();

        assertThat(file.status()).isEqualTo(Statx.of(kernel, file.number()));
        assertThat(file.status().size()).isEqualTo(7);
        kernel.fail(FakeCall.STATX, Errno.EIO, 1);
        assertThat(file.status().error()).isEqualTo(-Errno.EIO);
        file.closeWhenIdle();
        assertThat(file.status()).isNull();
    }

    @Test
    void aRangeIsAllocated() {
        FileHandle file = open();

        assertThat(file.allocate(0, BLOCK, 2 * BLOCK)).isZero();

        assertThat(file.size()).isEqualTo(3 * BLOCK);
        file.closeWhenIdle();
    }

    @Test
    void metadataIsMadeDurableOnRequest() {
        FileHandle file = open();

        assertThat(file.force(true)).isZero();
        assertThat(kernel.count(FakeCall.FSYNC)).isEqualTo(1);
        assertThat(kernel.count(FakeCall.FDATASYNC)).isZero();
        assertThat(file.force(false)).isZero();
        assertThat(kernel.count(FakeCall.FSYNC)).isEqualTo(1);
        assertThat(kernel.count(FakeCall.FDATASYNC)).isEqualTo(1);
        file.closeWhenIdle();
    }

    @Test
    void directIoIsSetAndCleared() {
        FileHandle file = open();

        assertThat(file.setDirect(true)).isZero();
        assertThat(kernel.fcntl(file.number(), F_GETFL, 0) & OFlags.DIRECT).isNotZero();
        assertThat(file.setDirect(false)).isZero();
        assertThat(kernel.fcntl(file.number(), F_GETFL, 0) & OFlags.DIRECT).isZero();
        file.closeWhenIdle();
    }

    @Test
    void dataAndHolesAlternate() {
        FileHandle file = open();
        kernel.put(PATH.toString(), new byte[BLOCK]);
        FileHandle sparse = open();
        assertThat(sparse.setLength(3 * BLOCK)).isZero();

        assertThat(sparse.nextData(10)).isEqualTo(10);
        assertThat(sparse.nextHole(10)).isEqualTo(BLOCK);
        assertThat(sparse.nextHole(BLOCK + 10)).isEqualTo(BLOCK + 10);
        assertThat(sparse.nextData(BLOCK)).as("behind the last data").isEqualTo(Long.MAX_VALUE);
        assertThat(sparse.nextHole(3 * BLOCK)).as("behind the end").isEqualTo(Long.MAX_VALUE);
        sparse.closeWhenIdle();
        file.closeWhenIdle();
    }

    @Test
    void allIsDataWhereTheFilesystemKnowsNoHoles() {
        FileHandle file = open();
        kernel.fail(FakeCall.LSEEK, Errno.EINVAL, 2);

        assertThat(file.nextData(5 * BLOCK)).isEqualTo(5 * BLOCK);
        assertThat(file.nextHole(5 * BLOCK)).isEqualTo(Long.MAX_VALUE);
        file.closeWhenIdle();
    }
}
