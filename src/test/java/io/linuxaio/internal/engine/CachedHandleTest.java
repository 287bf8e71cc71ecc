package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import io.linuxaio.internal.kernel.OFlags;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The second handle of a file, for writes through the page cache. */
class CachedHandleTest extends FileHandleFixture {
    private static final int F_GETFL = 3;
    private static final int ACCESS_MODE = 3;

    @Test
    void theFileIsOpenedOnceMoreToWrite() {
        FileHandle file = open();
        assertThat(file.cached()).isNull();

        assertThat(file.openCached(OFlags.DSYNC)).isZero();

        FileHandle second = file.cached();
        int flags = kernel.fcntl(second.number(), F_GETFL, 0);
        assertThat(flags & ACCESS_MODE).isEqualTo(OFlags.WRITE_ONLY);
        assertThat(flags & OFlags.DSYNC).isEqualTo(OFlags.DSYNC);
        assertThat(second.isViewOf(file)).isFalse();
        assertThat(second.path()).isEqualTo(PATH);
        assertThat(second.key()).isEqualTo(file.key());
        assertThat(second.device()).isSameAs(device);
        assertThat(second.setLength(BLOCK)).as("written through it").isZero();
        assertThat(file.size()).isEqualTo(BLOCK);
        file.closeWhenIdle();
    }

    @Test
    void itIsOpenedOnce() {
        FileHandle file = open();
        assertThat(file.openCached(0)).isZero();
        FileHandle second = file.cached();

        assertThat(file.view(BLOCK, false, RequestFlags.NONE).openCached(0)).isZero();

        assertThat(file.cached()).isSameAs(second);
        assertThat(kernel.openDescriptors()).isEqualTo(2);
        file.closeWhenIdle();
    }

    @Test
    void bothAreClosedTogether() {
        FileHandle file = open();
        assertThat(file.openCached(0)).isZero();
        FileHandle second = file.cached();
        assertThat(second.isClosed()).isFalse();

        file.closeWhenIdle();

        assertThat(second.isDescriptorClosed()).isTrue();
        assertThat(kernel.openDescriptors()).isZero();
    }

    @Test
    void aRefusedOpenLeavesNone() {
        FileHandle file = open();
        kernel.fail(FakeCall.OPEN, Errno.EMFILE, 1);

        assertThat(file.openCached(0)).isEqualTo(-Errno.EMFILE);

        assertThat(file.cached()).isNull();
        assertThat(file.openCached(0)).as("of the next attempt").isZero();
        file.closeWhenIdle();
        assertThat(kernel.openDescriptors()).isZero();
    }

    /** The process has closed its standard input. */
    @Test
    void theDescriptorMayBeZero() {
        int[] real = new int[1];
        Kernel zero = KernelProxy.over(kernel, call -> {
            if (call.is("open")) {
                real[0] = (int) call.proceed();
                return 0;
            } else if (call.arguments()[0].equals(0)) {
                call.arguments()[0] = real[0];
            }
            return call.proceed();
        });
        FileHandle file = open(zero);

        assertThat(file.openCached(0)).isZero();

        assertThat(file.cached().number()).isZero();
        file.closeWhenIdle();
        assertThat(kernel.openDescriptors()).isZero();
    }

    @Test
    void aFileClosedMeanwhileLeavesNoDescriptor() {
        AtomicReference<FileHandle> opening = new AtomicReference<>();
        Kernel closing = hooked(
                name -> {
                    if (name.equals("open")) {
                        opening.get().closeWhenIdle();
                    }
                },
                _ -> {});
        FileHandle file = open(closing);
        opening.set(file);

        assertThat(file.openCached(0)).isZero();

        assertThat(file.isDescriptorClosed()).isTrue();
        assertThat(kernel.openDescriptors()).isZero();
    }
}
