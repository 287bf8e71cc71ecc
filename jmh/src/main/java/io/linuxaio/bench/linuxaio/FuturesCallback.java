package io.linuxaio.bench.linuxaio;

import io.linuxaio.bench.Meter;
import io.linuxaio.bench.OperationSink;
import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;

/** {@link io.linuxaio.AioFile}: the callback of each future starts the next operation of its slot. */
public final class FuturesCallback implements Variant {
    @Override
    public String name() {
        return "futures-callback";
    }

    @Override
    public String description() {
        return "linux-aio, AioFile: whenComplete() of each future starts the next operation";
    }

    @Override
    public Policy policy() {
        return Policy.ONE_BY_ONE;
    }

    @Override
    public String unfit(Workload workload) {
        return workload.unlessOneThread("callbacks submit, on the threads that complete");
    }

    @Override
    public Session open(Workload workload) throws IOException {
        return new Chains(workload);
    }

    private static final class Chains extends ContextSession {
        Chains(Workload workload) throws IOException {
            super(workload, workload.depth());
        }

        @Override
        public void run(Meter meter) throws InterruptedException, ExecutionException {
            CountDownLatch ended = new CountDownLatch(buffers.length);
            CompletableFuture<Void> trouble = new CompletableFuture<>();
            for (int slot = 0; slot < buffers.length; slot++) {
                OperationSink lane = meter.lane(slot, buffers.length, buffers[slot]);
                new Chain(slot, lane, ended, trouble).goOn();
            }
            ended.await();
            if (trouble.isDone()) {
                trouble.get();
            }
        }

        /** The operations of one slot, one after the other. */
        private final class Chain implements BiConsumer<Integer, Throwable> {
            private final int slot;
            private final OperationSink lane;
            private final CountDownLatch ended;
            private final CompletableFuture<Void> trouble;

            Chain(int slot, OperationSink lane, CountDownLatch ended, CompletableFuture<Void> trouble) {
                this.slot = slot;
                this.lane = lane;
                this.ended = ended;
                this.trouble = trouble;
            }

            void goOn() {
                try {
                    while (lane.running()) {
                        CompletableFuture<Integer> future = start(slot, lane.next(0));
                        if (!future.isDone()) {
                            future.whenComplete(this);
                            return;
                        }
                        // Without the callback, or each would stand on the stack of the one before.
                        lane.done(0, future.join());
                    }
                    ended.countDown();
                } catch (RuntimeException e) {
                    fail(e);
                }
            }

            @Override
            public void accept(Integer result, Throwable failure) {
                if (failure != null) {
                    fail(failure);
                    return;
                }
                try {
                    lane.done(0, result);
                } catch (RuntimeException e) {
                    fail(e);
                    return;
                }
                goOn();
            }

            private void fail(Throwable failure) {
                trouble.completeExceptionally(failure);
                ended.countDown();
            }
        }
    }
}
