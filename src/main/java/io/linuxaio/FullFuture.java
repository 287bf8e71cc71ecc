package io.linuxaio;

import io.linuxaio.internal.engine.reap.LeaderFollowers;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * The future of a {@link FullTransfer} that consists of one operation. The thread that completes it copies the bytes; a
 * thread that waits for it reaps meanwhile, as for any operation.
 */
final class FullFuture<T> extends AioFuture<T> {
    private final FullTransfer transfer;
    private boolean continued;
    private boolean settled;
    private Throwable failure;

    FullFuture(LeaderFollowers leader, FullTransfer transfer) {
        super(leader);
        this.transfer = transfer;
    }

    /** Returns {@code true} if the operation was short, so that completing it starts another one. */
    @Override
    boolean startsOperations() {
        return isShort(noted());
    }

    private boolean isShort(Object result) {
        return result instanceof Integer count && !isDone() && !transfer.completesWith(count);
    }

    /** Called again after an Error: each step is recorded before the next one. */
    @Override
    void end(Object result) {
        if (continued) {
            return;
        }
        if (!settled && isShort(result)) {
            continued = true;
            new AsyncTransfer(transfer, asVoid()).resume((Integer) result);
            return;
        }
        if (!settled) {
            failure = settle(result);
            settled = true;
        }
        super.end(failure);
    }

    private Throwable settle(Object result) {
        Throwable thrown = null;
        if (result instanceof Throwable kernels) {
            thrown = kernels;
        } else if (transfer.piece != null) {
            try {
                transfer.completed((Integer) result);
            } catch (IOException | RuntimeException e) {
                thrown = e;
            }
        }
        transfer.close();
        return thrown;
    }

    @SuppressWarnings("unchecked") // Transfers have no result.
    private CompletableFuture<Void> asVoid() {
        return (CompletableFuture<Void>) this;
    }

    /** Completes the future after further operations; null for success. */
    void finish(Throwable problem) {
        super.end(problem);
    }
}
