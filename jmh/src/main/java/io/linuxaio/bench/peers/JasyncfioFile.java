package io.linuxaio.bench.peers;

import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import one.jasyncfio.AsyncFile;
import one.jasyncfio.EventExecutor;
import one.jasyncfio.OpenOption;

/**
 * A file of jasyncfio. Its own option DIRECT sends transfers to a ring that polls the device
 * (IORING_SETUP_IOPOLL), which most devices refuse with EOPNOTSUPP; so the file is opened without it, and made direct
 * afterwards.
 */
final class JasyncfioFile implements AutoCloseable {
    private final EventExecutor executor;
    private final AsyncFile file;
    private final DirectBuffers buffers;
    private final int blockSize;
    private final boolean reads;

    JasyncfioFile(Workload workload, EventExecutor.Builder settings) throws IOException, InterruptedException {
        reads = workload.reads();
        blockSize = workload.blockSize();
        buffers = new DirectBuffers(workload, workload.depth());
        executor = start(settings);
        try {
            file = AsyncFile.open(workload.path(), executor, reads ? OpenOption.READ_ONLY : OpenOption.READ_WRITE)
                    .get();
            if (workload.direct()) {
                StatusFlags.makeDirect(descriptor(file));
            }
        } catch (ExecutionException e) {
            stop(executor);
            throw new IOException("jasyncfio cannot open " + workload.path() + ": " + e.getCause(), e.getCause());
        } catch (IOException | RuntimeException | InterruptedException e) {
            stop(executor);
            throw e;
        }
    }

    private static EventExecutor start(EventExecutor.Builder settings) {
        try {
            return settings.build();
        } catch (RuntimeException e) {
            throw new UnsupportedOperationException("jasyncfio does not start: " + e.getMessage(), e);
        }
    }

    // There is no public way to it.
    private static int descriptor(AsyncFile file) {
        try {
            Method method = AsyncFile.class.getSuperclass().getDeclaredMethod("getRawFd");
            method.setAccessible(true);
            return (int) method.invoke(file);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new UnsupportedOperationException("this jasyncfio does not give its descriptor away", e);
        }
    }

    // Its close() declares whatever Java allows.
    private static void stop(EventExecutor executor) {
        try {
            executor.close();
        } catch (Exception e) {
            throw new IllegalStateException("jasyncfio's executor does not stop", e);
        }
    }

    DirectBuffers buffers() {
        return buffers;
    }

    CompletableFuture<Integer> start(int slot, long position) {
        return reads
                ? file.read(buffers.cleared(slot), position, blockSize)
                : file.write(buffers.cleared(slot), position, blockSize);
    }

    @Override
    public void close() {
        try {
            file.close().join();
        } finally {
            stop(executor);
        }
    }
}
