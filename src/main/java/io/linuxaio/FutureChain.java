package io.linuxaio;

/**
 * An intrusive linked list of futures whose outcome is noted. They are completed after all slots are released for which a
 * callback may wait. Adding a future allocates nothing. For one thread.
 */
final class FutureChain {
    private AioFuture<?> first;
    private AioFuture<?> last;

    /** True if the submitter cleans up after an {@link Error} in the submission. Written without a call. */
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

    /**
     * Completes all futures in the order of their addition. If an {@link Error} ends that, the next call continues.
     *
     * @param completer completes them where their callbacks may run; null for the calling thread
     */
    void completeAll(FutureCompleter completer) {
        AioFuture<?> future;
        while ((future = first) != null) {
            // Removed first: the reaper has a list of its own. Callbacks cannot add to this one, which belongs to one
            // submission.
            first = future.next;
            // An empty chain keeps no future reachable.
            last = first == null ? null : last;
            future.next = null;
            try {
                if (completer == null) {
                    FutureCompleter.complete(future);
                } else {
                    completer.completeRefused(future);
                }
            } catch (RuntimeException | Error e) {
                future.next = first;
                last = first == null ? future : last;
                first = future;
                throw e;
            }
        }
    }
}
