package io.linuxaio;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/** The driver of a {@link FullTransfer} by callbacks: each completed operation starts the next one. */
final class AsyncTransfer implements BiConsumer<Integer, Throwable> {
    private final FullTransfer transfer;
    private final CompletableFuture<Void> future;

    /** @param future the future that completes with the transfer */
    AsyncTransfer(FullTransfer transfer, CompletableFuture<Void> future) {
        this.transfer = transfer;
        this.future = future;
    }

    /** Starts the next operation, and those after it as long as each completes at once. */
    void run() {
        Throwable failure = null;
        try {
            CompletableFuture<Integer> operation;
            while ((operation = transfer.next()) != null) {
                if (!operation.isDone()) {
                    operation.whenComplete(this);
                    return;
                }
                if (operation.isCompletedExceptionally()) {
                    failure = operation.exceptionNow();
                    break;
                }
                transfer.completed(operation.resultNow());
            }
        } catch (IOException | RuntimeException e) {
            failure = e;
        } catch (Error e) {
            transfer.abandon();
            failure = e;
        }
        finish(failure);
    }

    @Override
    public void accept(Integer result, Throwable failure) {
        if (failure != null) {
            finish(failure);
        } else {
            resume(result);
        }
    }

    /** Takes the result of an operation, and continues with the next one. */
    void resume(Integer result) {
        try {
            transfer.completed(result);
        } catch (IOException | RuntimeException | Error e) {
            finish(e);
            return;
        }
        run();
    }

    private void finish(Throwable failure) {
        transfer.close();
        if (future instanceof FullFuture<Void> whole) {
            whole.finish(failure);
        } else if (failure == null) {
            future.complete(null);
        } else {
            future.completeExceptionally(failure);
        }
    }
}
