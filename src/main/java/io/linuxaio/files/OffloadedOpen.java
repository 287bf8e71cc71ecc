package io.linuxaio.files;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/** The opening of a file on another thread. A file that is opened after its future has completed early is closed. */
final class OffloadedOpen extends CompletableFuture<AioFile> implements BiConsumer<AioFile, Throwable> {
    private OffloadedOpen() {}

    static CompletableFuture<AioFile> start(AioContext aio, Path path, OpenOption[] options, Executor executor) {
        OffloadedOpen future = new OffloadedOpen();
        FileIoExecutor.run(() -> aio.open(path, options), executor).whenComplete(future);
        return future;
    }

    @Override
    public void accept(AioFile file, Throwable failure) {
        if (failure != null) {
            completeExceptionally(failure);
        } else if (!complete(file)) {
            try {
                file.close();
            } catch (IOException notWanted) {
                // Nothing was written to it.
            }
        }
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
