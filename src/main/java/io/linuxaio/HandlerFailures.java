package io.linuxaio;

/**
 * The exceptions that an {@link AioCompletionHandler} has thrown during one poll. They are thrown when all completions that
 * were reaped together are delivered, since the rest could not be delivered later. For the polling thread.
 */
final class HandlerFailures {
    private Throwable first;

    /** Notes an exception; the later ones are suppressed exceptions of the first. */
    void add(Throwable failure) {
        if (first == null) {
            first = failure;
        } else if (failure != first) {
            // A handler may throw the same exception again, which cannot suppress itself.
            first.addSuppressed(failure);
        }
    }

    /** Throws the first exception that was noted since the last call, if there is one. */
    void rethrow() {
        Throwable thrown = first;
        first = null;
        if (thrown instanceof RuntimeException e) {
            throw e;
        } else if (thrown instanceof Error e) {
            throw e;
        }
    }
}
