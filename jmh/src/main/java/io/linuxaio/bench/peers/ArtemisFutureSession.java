package io.linuxaio.bench.peers;

import io.linuxaio.bench.Meter;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.activemq.artemis.nativo.jlibaio.SubmitInfo;

/** A session whose submitting threads wait for futures, which a polling thread inside the library completes. */
final class ArtemisFutureSession implements Session {
    private final ArtemisFile<Operation> file;
    private final FutureLoop loop;

    ArtemisFutureSession(Workload workload) throws IOException {
        file = new ArtemisFile<>(workload, workload.depth());
        // One object for all results: the binding is not to be charged with boxing.
        Integer blockSize = file.blockSize();
        loop = new FutureLoop(workload, file.buffers().segments(), (slot, position) -> {
            Operation operation = new Operation(blockSize);
            file.submit(slot, position, operation);
            return operation;
        });
        Thread.ofPlatform().daemon().name("artemis-poll").start(file.context()::poll);
    }

    @Override
    public void run(Meter meter) throws Exception {
        loop.run(meter);
    }

    @Override
    public void close() throws IOException {
        // Makes the poll return, and waits for that.
        try (loop) {
            file.close();
        }
    }

    /** The future of an operation, and its callback. */
    private static final class Operation extends CompletableFuture<Integer> implements SubmitInfo {
        private final Integer whenDone;

        Operation(Integer whenDone) {
            this.whenDone = whenDone;
        }

        @Override
        public void onError(int errno, String message) {
            completeExceptionally(new IOException(message + " (" + errno + ")"));
        }

        @Override
        public void done() {
            complete(whenDone);
        }
    }
}
