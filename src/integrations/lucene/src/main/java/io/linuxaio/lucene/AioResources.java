package io.linuxaio.lucene;

import io.linuxaio.AioBatch;
import io.linuxaio.AioContext;
import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.lucene.store.AlreadyClosedException;

/**
 * The context of directories and the memory of their prefetches, with a reference count: each directory and each open file
 * has a reference. Safe for use by any thread.
 */
final class AioResources {
    /** The maximum memory of prefetched ranges, in bytes. */
    private static final long PREFETCH_MEMORY = 32L << 20;

    private static final Object LOCK = new Object();

    // Guarded by LOCK; null while no directory uses it.
    private static AioResources shared;

    private final AioContext context;
    private final boolean ownsContext;
    private final PrefetchMemory memory = new PrefetchMemory(PREFETCH_MEMORY);
    private final ConcurrentLinkedQueue<AioBatch> batches = new ConcurrentLinkedQueue<>();

    // Guarded by LOCK.
    private int references = 1;

    private AioResources(AioContext context, boolean ownsContext) {
        this.context = context;
        this.ownsContext = ownsContext;
    }

    /** Returns the resources for a directory, which releases them. */
    static AioResources of(AioDirectoryOptions options) throws IOException {
        if (options.context().isPresent()) {
            return new AioResources(options.context().get(), false);
        }
        synchronized (LOCK) {
            if (shared == null) {
                AioContext context =
                        AioContext.builder().threadName("linux-aio-lucene").open();
                shared = new AioResources(context, true);
            } else {
                shared.references++;
            }
            return shared;
        }
    }

    /** Adds a reference, for a file. */
    void retain() {
        synchronized (LOCK) {
            if (references == 0) {
                throw new AlreadyClosedException("this Directory is closed");
            }
            references++;
        }
    }

    /** Releases a reference. The last one closes the memory, and the context unless the user owns it. */
    void release() {
        synchronized (LOCK) {
            references--;
            if (references > 0) {
                return;
            }
            if (shared == this) {
                shared = null;
            }
        }
        batches.clear();
        if (ownsContext) {
            context.close();
        }
        memory.close();
    }

    AioContext context() {
        return context;
    }

    PrefetchMemory memory() {
        return memory;
    }

    /** Returns an empty batch, for one thread at a time. */
    AioBatch takeBatch() {
        AioBatch batch = batches.poll();
        return batch == null ? context.batch() : batch;
    }

    /** Makes an empty batch available again. */
    void giveBack(AioBatch batch) {
        batches.add(batch);
    }
}
