package io.linuxaio.bench.peers;

import io.linuxaio.bench.Workload;
import java.io.IOException;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioContext;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioFile;
import org.apache.activemq.artemis.nativo.jlibaio.SubmitInfo;

/** A context of Artemis' binding, and a file. */
final class ArtemisFile<C extends SubmitInfo> implements AutoCloseable {
    private final LibaioContext<C> context;
    private final LibaioFile<C> file;
    private final DirectBuffers buffers;
    private final int queueSize;
    private final int blockSize;
    private final boolean reads;

    ArtemisFile(Workload workload, int depth) throws IOException {
        if (!LibaioContext.isLoaded()) {
            throw new UnsupportedOperationException("activemq-artemis-native could not load its library, which needs"
                    + " libaio.so.1 by just that name");
        }
        // One more than is ever in flight: when its ring holds as many events as it has room for it asks the kernel for
        // them. Without its semaphore (whoever submits counts himself), and without an fdatasync per write.
        queueSize = depth + 1;
        context = new LibaioContext<>(queueSize, false, false);
        try {
            file = context.openFile(workload.path().toString(), workload.direct());
        } catch (IOException | RuntimeException e) {
            context.close();
            throw e;
        }
        buffers = new DirectBuffers(workload, depth);
        blockSize = workload.blockSize();
        reads = workload.reads();
    }

    LibaioContext<C> context() {
        return context;
    }

    /** Returns the number of callbacks that one poll has room for. */
    int queueSize() {
        return queueSize;
    }

    DirectBuffers buffers() {
        return buffers;
    }

    /** Returns the size of an operation that did not fail: the callback receives no size. */
    int blockSize() {
        return blockSize;
    }

    void submit(int slot, long position, C callback) throws IOException {
        if (reads) {
            file.read(position, blockSize, buffers.buffer(slot), callback);
        } else {
            file.write(position, blockSize, buffers.buffer(slot), callback);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            file.close();
        } finally {
            context.close();
        }
    }
}
