package io.linuxaio;

/**
 * Futures whose outcome is noted, to be completed when nothing is held any more that a callback may wait for. They are
 * linked in themselves, so that to add one allocates nothing. For one thread.
 */
final class FutureChain {
    private AioFuture<?> first;
    private AioFuture<?> last;

    /** True if the submitter sees to what an {@link Error} leaves of a submission. Written without a call. */
    boolean isSubmitting;

    void add(AioFuture<?> future) {
        future.next = null;
        if (first == null) {
            first = future;
        } else {
            last.next = future;
        }
        last = future;
    }

    /** Completes all, the first added first. If an {@link Error} ends that, the next call goes on. */
    void tellAll() {
        AioFuture<?> future;
        while ((future = first) != null) {
            FutureCompleter.tell(future);
            // Callbacks may have added nothing here: the chain is of one submission.
            first = future.next;
            future.next = null;
        }
    }
}
