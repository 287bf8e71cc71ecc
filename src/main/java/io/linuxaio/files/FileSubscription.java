package io.linuxaio.files;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The subscription of one subscriber to a file's contents. All blocking calls and all signals are steps of one serial
 * task; {@link #request} and {@link #cancel} only wake it.
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

    // Used by the task only. The subscriber is null after its last signal.
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

    /** Delivers one block. Returns {@code false} if there is nothing to do until the next wakeup. */
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
        long requested = demand.get();
        if (requested == 0) {
            return false;
        }
        ByteBuffer block = channel.readBlock((int) Math.min(requested, Integer.MAX_VALUE));
        if (block == null) {
            // The file was truncated after the check.
            end(null);
            return false;
        }
        if (!cancelled) {
            demand.updateAndGet(now -> now == Long.MAX_VALUE ? now : now - 1);
            signal(() -> subscriber.onNext(block));
        }
        return true;
    }

    /** Closes the file, and signals the end to the subscriber unless it has cancelled. */
    @Override
    public void end(Throwable failure) {
        Throwable combined = failure;
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException | RuntimeException e) {
            if (combined == null) {
                combined = e;
            } else {
                combined.addSuppressed(e);
            }
        }
        Flow.Subscriber<? super ByteBuffer> last = subscriber;
        subscriber = null;
        if (cancelled) {
            return;
        }
        Throwable reason = combined;
        signal(() -> {
            if (reason == null) {
                last.onComplete();
            } else {
                last.onError(reason);
            }
        });
    }

    /** Runs code of the subscriber. An exception cancels the subscription (rule 2.13) and is logged. */
    private void signal(Runnable signal) {
        try {
            FileIoExecutor.lend(signal::run);
        } catch (Throwable e) {
            cancelled = true;
            LOG.log(Level.ERROR, "a subscriber threw; its subscription is cancelled", e);
        } finally {
            // An interrupt left by the subscriber would close the file.
            Thread.interrupted();
        }
    }
}
