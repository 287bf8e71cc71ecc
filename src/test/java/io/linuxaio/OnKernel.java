package io.linuxaio;

import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;

/** Factory methods of contexts, queues and files on a kernel of the test's choice. */
public final class OnKernel {
    private OnKernel() {}

    /** Returns the kernel of this process. */
    public static Kernel ofThisProcess() {
        return LinuxAio.kernel();
    }

    public static AioContext open(Kernel kernel, AioContext.Builder builder) throws IOException {
        return builder.open(kernel);
    }

    public static AioQueue queue(Kernel kernel, int depth) throws IOException {
        return AioQueue.open(kernel, depth);
    }

    /** Opens a file; the context may be null. */
    public static AioFile file(Kernel kernel, AioContext aio, Path path, Set<? extends OpenOption> options)
            throws IOException {
        return AioFile.open(kernel, aio, path, options);
    }
}
