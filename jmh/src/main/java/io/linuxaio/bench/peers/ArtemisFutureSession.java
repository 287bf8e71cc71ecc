package io.linuxaio.bench.peers;

import io.linuxaio.bench.Meter;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.activemq.artemis.nativo.jlibaio.SubmitInfo;

/** One thread that submits and waits for futures; another, inside the library until the end, completes them. */
final class ArtemisFutureSession implements Session {
    private final ArtemisFile<Operation> file;
    private final Integer blockSize;

    ArtemisFutureSession(Workload workload) throws IOException {
        file = new ArtemisFile<>(workload);
        // One object for all results: the binding is not to be charged with boxing.
        blockSize = file.blockSize();
        Thread.ofPlatform().daemon().name("artemis-poll").start(file.context()::poll);
    }

    @Override
    public void run(Meter meter) throws Exception {
        FutureLoop.run(meter, file.buffers().segments(), (slot, position) -> {
            Operation operation = new Operation(blockSize);
            file.submit(slot, position, operation);
            return operation;
        });
    }

    @Override
    public void close() throws IOException {
        // Makes the poll return, and waits for that.
        file.close();
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
