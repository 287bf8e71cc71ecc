package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.Statx;
import io.linuxaio.testing.Await;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The attributes, the views and the life of the handle of a file. */
class FileHandleTest extends FileHandleFixture {
    @Test
    void aHandleHasTheAttributesOfItsFile() {
        kernel.put(PATH.toString(), new byte[3 * BLOCK]);
        int number = descriptor();
        Statx status = Statx.of(kernel, number);
        FileHandle file = new FileHandle(kernel, PATH, number, status, device);

        assertThat(file.kernel()).isSameAs(kernel);
        assertThat(file.path()).isEqualTo(PATH);
        assertThat(file.number()).isEqualTo(number);
        assertThat(file.device()).isSameAs(device);
        assertThat(file.isBlockDevice()).isFalse();
        assertThat(file.key()).isEqualTo(new FileKey(false, 0, 0, status.inode()));
        assertThat(file.preferredBlockSize()).isEqualTo(4096);
        assertThat(file.length().is(3 * BLOCK)).isTrue();
        file.closeWhenIdle();
    }

    @Test
    void aHandleOfABlockDeviceIsKnownByTheNumberOfTheDevice() {
        FileHandle disk = openBlockDevice();

        assertThat(disk.isBlockDevice()).isTrue();
        assertThat(disk.key()).isEqualTo(new FileKey(true, 259, 7, 0));
        disk.closeWhenIdle();
    }

    @Test
    void aHandleOfAnUnknownFileHasNoAttributes() {
        FileHandle file = new FileHandle(kernel, PATH, descriptor());

        assertThat(file.granularity()).isEqualTo(1);
        assertThat(file.isAppending()).isFalse();
        assertThat(file.flags()).isEqualTo(RequestFlags.NONE);
        assertThat(file.key()).isNull();
        assertThat(file.preferredBlockSize()).isZero();
        assertThat(file.length().is(0)).as("length known").isFalse();
        assertThat(file.cached()).isNull();
        file.closeWhenIdle();
    }

    @Test
    void aViewSharesAllButItsOwnAttributes() {
        FileHandle file = open();
        RequestFlags flags = new RequestFlags(1, 2, (short) 3);
        FileHandle view = file.view(BLOCK, true, flags);

        assertThat(view.granularity()).isEqualTo(BLOCK);
        assertThat(view.isAppending()).isTrue();
        assertThat(view.flags()).isSameAs(flags);
        assertThat(view.isViewOf(file)).isTrue();
        assertThat(file.isViewOf(view)).isTrue();
        assertThat(view.kernel()).isSameAs(kernel);
        assertThat(view.path()).isEqualTo(PATH);
        assertThat(view.number()).isEqualTo(file.number());
        assertThat(view.device()).isSameAs(device);
        assertThat(view.key()).isEqualTo(file.key());
        assertThat(view.preferredBlockSize()).isEqualTo(file.preferredBlockSize());
        assertThat(file.granularity()).as("of the first handle").isEqualTo(1);

        view.closeWhenIdle();
        assertThat(file.isClosed()).isTrue();
        assertThat(kernel.openDescriptors()).isZero();
    }

    @Test
    void aViewSharesWhatIsLearntOfTheFile() {
        FileHandle file = open();
        FileHandle view = file.view(BLOCK, false, RequestFlags.NONE);
        view.reads().unsupported();
        view.length().set(77);

        assertThat(file.reads().isWorthTrying()).isFalse();
        assertThat(file.writes().isWorthTrying()).as("of writes").isTrue();
        assertThat(file.length().is(77)).isTrue();
        file.closeWhenIdle();
    }

    @Test
    void anotherHandleOfTheSameFileIsNoView() {
        FileHandle file = open();
        FileHandle other = open();

        assertThat(file.isViewOf(other)).isFalse();
        assertThat(file.key()).isEqualTo(other.key());
        file.closeWhenIdle();
        assertThat(other.isClosed()).isFalse();
        other.closeWhenIdle();
    }

    @Test
    void theDescriptorIsClosedWithTheLastUse() {
        FileHandle file = open();
        assertThat(file.isClosed()).isFalse();
        assertThat(file.isDescriptorClosed()).isFalse();
        assertThat(file.uses().tryAcquire()).isTrue();

        file.closeWhenIdle();

        assertThat(file.isClosed()).isTrue();
        assertThat(file.isDescriptorClosed()).isFalse();
        assertThat(file.awaitDescriptorClosed(1)).isFalse();
        assertThat(kernel.openDescriptors()).isEqualTo(1);
        file.uses().release();
        assertThat(file.isDescriptorClosed()).isTrue();
        assertThat(file.awaitDescriptorClosed(0)).isTrue();
        assertThat(kernel.openDescriptors()).isZero();
    }

    @Test
    void aThreadWaitsUntilTheDescriptorIsClosed() {
        FileHandle file = open();
        assertThat(file.uses().tryAcquire()).isTrue();
        file.closeWhenIdle();
        CompletableFuture<Boolean> waiting =
                CompletableFuture.supplyAsync(() -> file.awaitDescriptorClosed(TimeUnit.MINUTES.toNanos(1)));

        file.uses().release();

        assertThat(waiting.join()).isTrue();
    }

    @Test
    void theAnswerOfCloseIsReportedOnce() {
        FileHandle file = open();
        kernel.fail(FakeCall.CLOSE, Errno.EIO, 1);

        file.closeWhenIdle();

        assertThat(file.takeCloseAnswer()).isEqualTo(-Errno.EIO);
        assertThat(file.takeCloseAnswer()).isZero();
    }

    @Test
    void aCloseForWhichThereIsNoMemoryIsMadeLater() {
        AtomicBoolean isFull = new AtomicBoolean(true);
        Kernel throwing = hooked(
                name -> {
                    if (name.equals("close") && isFull.get()) {
                        throw new OutOfMemoryError("of the test");
                    }
                },
                _ -> {});
        FileHandle file = open(throwing);

        file.closeWhenIdle();
        assertThat(file.isDescriptorClosed()).isFalse();
        isFull.set(false);
        file.closeWhenIdle();

        Await.until("the file is closed", file::isDescriptorClosed);
        assertThat(kernel.openDescriptors()).isZero();
    }

    /** After the Error, the number may be that of another file. */
    @Test
    void aCloseThatAnErrorHidIsNotRepeated() {
        AtomicInteger closes = new AtomicInteger();
        Kernel throwing = hooked(_ -> {}, name -> {
            if (name.equals("close") && closes.incrementAndGet() == 1) {
                throw new StackOverflowError("of the test");
            }
        });
        FileHandle file = open(throwing);

        file.closeWhenIdle();
        file.closeWhenIdle();

        Await.until("the file is closed", file::isDescriptorClosed);
        assertThat(closes).hasValue(1);
        assertThat(kernel.openDescriptors()).isZero();
    }

    @Test
    void aCallThatThrowsDoesNotKeepTheFileOpen() {
        FileHandle file = open(hooked(
                name -> {
                    if (name.equals("fsync")) {
                        throw new StackOverflowError("of the test");
                    }
                },
                _ -> {}));

        assertThatThrownBy(() -> file.force(true)).isInstanceOf(StackOverflowError.class);

        assertThat(file.uses().uses()).isZero();
        file.closeWhenIdle();
        assertThat(file.isDescriptorClosed()).isTrue();
    }
}
