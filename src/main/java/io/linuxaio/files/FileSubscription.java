package io.linuxaio.files;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One reading of a file for one subscriber. All that may block, and all signals, are steps of one task; requests and
 * cancelling only wake it.
 */
final class FileSubscription implements Flow.Subscription, SerialTask.Work {
    private static final Logger LOG = System.getLogger("io.linuxaio");

    /** Opens the file. */
    interface Opening {
        AioReadChannel open() throws IOException;
    }

    private final Opening opening;
    private final SerialTask task = new SerialTask(this);
    private final AtomicLong demand = new AtomicLong();
    private volatile boolean cancelled;
    private volatile IllegalArgumentException misuse;

    // Of the task alone. The subscriber is null when it has heard its last signal.
    private Flow.Subscriber<? super ByteBuffer> subscriber;
    private AioReadChannel channel;
    private boolean begun;

    FileSubscription(Flow.Subscriber<? super ByteBuffer> subscriber, Opening opening) {
        this.subscriber = subscriber;
        this.opening = opening;
    }

    void begin() {
        task.wake();
    }

    @Override
    public void request(long count) {
        if (count < 1) {
            misuse = new IllegalArgumentException(
                    "a subscriber requests at least 1 (Reactive Streams, rule 3.9), not " + count);
        } else {
            demand.accumulateAndGet(count, (now, more) -> now + more < 0 ? Long.MAX_VALUE : now + more);
        }
        task.wake();
    }

    @Override
    public void cancel() {
        cancelled = true;
        task.wake();
    }

    @Override
    public boolean step() throws IOException {
        if (subscriber == null) {
            return false;
        }
        if (!begun) {
            begun = true;
            signal(() -> subscriber.onSubscribe(this));
        }
        if (channel == null && !cancelled) {
            channel = opening.open();
        }
        return next();
    }

    /** Hands out one block; false where there is nothing to do until the next wake-up. */
    private boolean next() throws IOException {
        if (cancelled) {
            end(null);
            return false;
        }
        if (misuse != null) {
            throw misuse;
        }
        if (channel.isAtEnd()) {
            end(null);
            return false;
        }
        long wanted = demand.get();
        if (wanted == 0) {
            return false;
        }
        ByteBuffer block = channel.readBlock((int) Math.min(wanted, Integer.MAX_VALUE));
        if (block == null) {
            // The file became shorter at this very moment.
            end(null);
            return false;
        }
        if (!cancelled) {
            demand.updateAndGet(now -> now == Long.MAX_VALUE ? now : now - 1);
            signal(() -> subscriber.onNext(block));
        }
        return true;
    }

    /** Lets the file go, and tells the subscriber unless it has cancelled. */
    @Override
    public void end(Throwable failure) {
        Throwable told = failure;
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException | RuntimeException e) {
            if (told == null) {
                told = e;
            } else {
                told.addSuppressed(e);
            }
        }
        Flow.Subscriber<? super ByteBuffer> last = subscriber;
        subscriber = null;
        if (cancelled) {
            return;
        }
        Throwable reason = told;
        signal(() -> {
            if (reason == null) {
                last.onComplete();
            } else {
                last.onError(reason);
            }
        });
    }

    /** Runs the subscriber's code. What throws has cancelled by that (rule 2.13); there is nobody else to tell. */
    private void signal(Runnable signal) {
        try {
            FileIoExecutor.lend(signal::run);
        } catch (Throwable e) {
            cancelled = true;
            LOG.log(Level.ERROR, "a subscriber threw; its subscription is cancelled", e);
        } finally {
            // An interrupt that it left behind would close the file.
            Thread.interrupted();
        }
    }
}
