package io.linuxaio;

import io.linuxaio.testing.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A context that accepts operations and delivers no result until released: a callback blocks its reaper. */
public final class BlockedReaperContext implements AutoCloseable {
    private final AioContext context;
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** Requires a file of at least one block to read from. */
    public BlockedReaperContext(Path file) throws IOException {
        context = AioContext.builder().queueDepth(16).callerReaping(false).open();
        try (AioArena arena = AioArena.ofShared();
                AioFile open = context.open(file)) {
            AioBatch batch = context.batch();
            batch.read(open, arena.allocate(AioArena.DEFAULT_ALIGNMENT), 0).thenRun(this::holdUp);
            batch.submit();
            Await.until("the reaper is blocked", () -> held.getCount() == 0);
        }
    }

    private void holdUp() {
        held.countDown();
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public AioContext context() {
        return context;
    }

    public void release() {
        released.countDown();
    }

    @Override
    public void close() {
        release();
        context.close();
    }
}
