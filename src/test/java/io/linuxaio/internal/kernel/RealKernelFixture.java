package io.linuxaio.internal.kernel;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The fixture on the running kernel, by the backend of this run. */
@OnRealKernel
abstract class RealKernelFixture extends KernelFixture {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Override
    final Kernel kernel() {
        return BackendSelector.ofProcess().kernel();
    }

    @Override
    final String directory() {
        return directory.toString();
    }
}
