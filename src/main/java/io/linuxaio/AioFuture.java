package io.linuxaio;

import java.util.concurrent.CompletableFuture;

/** The one object that is allocated for an operation. Dependent stages are ordinary futures. */
final class AioFuture<T> extends CompletableFuture<T> {
    /** Ends it with a result or an exception. */
    @SuppressWarnings("unchecked") // Whoever prepares an operation knows what it answers.
    void end(Object outcome) {
        if (outcome instanceof Throwable failure) {
            completeExceptionally(failure);
        } else {
            complete((T) outcome);
        }
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
