package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.internal.kernel.Statx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;

/** Handles of files of the kernel in memory. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class FileHandleFixture {
    static final Path PATH = Path.of("/fake/data");
    static final int BLOCK = 512;

    final FakeKernel kernel = new FakeKernel();
    final FileDevice device = new FileDevice(new Statx.Device(8, 1));

    /** Opens a descriptor of the file, which is created if it is missing. */
    int descriptor() {
        int descriptor =
                kernel.open(PATH.toString().getBytes(StandardCharsets.UTF_8), OFlags.READ_WRITE | OFlags.CREATE, 0600);
        assertThat(descriptor).isNotNegative();
        return descriptor;
    }

    /** Opens the file, with its attributes. */
    FileHandle open() {
        return open(kernel);
    }

    FileHandle open(Kernel through) {
        int descriptor = descriptor();
        return new FileHandle(through, PATH, descriptor, Statx.of(kernel, descriptor), device);
    }

    /** Opens the file as a block device, of an unknown capacity. */
    FileHandle openBlockDevice() {
        return new FileHandle(kernel, PATH, descriptor(), blockDevice(259, 7), device);
    }

    /** Returns the attributes of a block device. */
    static Statx blockDevice(int major, int minor) {
        Statx.AtomicWrites none = new Statx.AtomicWrites(0, 0, 0);
        Statx.Device number = new Statx.Device(major, minor);
        return new Statx(0, Abi.S_IFBLK() | 0660, 0, 0, 0, true, BLOCK, BLOCK, none, number, 1234, 4096);
    }

    /** An action before or after a call of the kernel. */
    interface Hook {
        void called(String name);
    }

    /** Returns a kernel with an action before, and one after, each call. */
    Kernel hooked(Hook before, Hook after) {
        return KernelProxy.over(kernel, call -> {
            before.called(call.name());
            try {
                return call.proceed();
            } finally {
                after.called(call.name());
            }
        });
    }
}
