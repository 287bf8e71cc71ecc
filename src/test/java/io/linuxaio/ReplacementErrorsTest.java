package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioWriteOption;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replacements that fail while the heap is full: the temporary file is deleted as soon as there is memory. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplacementErrorsTest {
    private static final byte[] OLD = {1, 2, 3};

    private final FakeKernel fake = new FakeKernel();
    private final AtomicInteger errors = new AtomicInteger(3);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    /** Returns the kernel in memory, whose first calls of unlink throw an Error before their work. */
    private Kernel kernel() {
        return KernelProxy.over(fake, call -> {
            if (call.is("unlink") && errors.getAndDecrement() > 0) {
                throw new OutOfMemoryError("of the test");
            }
            return call.proceed();
        });
    }

    @Test
    void aTemporaryFileIsDeletedWhenThereIsMemoryAgain() throws IOException {
        Path path = directory.toAbsolutePath().resolve("file");
        // The directory exists for the JDK and for the kernel in memory.
        for (Path parent = path.getParent(); parent != null; parent = parent.getParent()) {
            fake.putDirectory(parent.toString());
        }
        fake.put(path.toString(), OLD);
        fake.fail(FakeCall.RENAME, Errno.EIO, 1);
        try (AioContext aio = AioContext.builder().queueDepth(2).open(kernel())) {
            CompletableFuture<Path> write =
                    AioFiles.using(aio).write(path, new byte[5000], AioWriteOption.ATOMIC_REPLACE);

            FakeKernelFixture.assertFailsWith(write, "EIO", 0);
        }
        assertThat(errors.get()).as("errors left").isNegative();
        assertThat(fake.count(FakeCall.UNLINK)).as("deleted").isEqualTo(1);
        assertThat(fake.contents(path.toString())).isEqualTo(OLD);
        assertThat(fake.openDescriptors()).isZero();
    }
}
