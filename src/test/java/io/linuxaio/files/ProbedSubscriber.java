package io.linuxaio.files;

import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.SubscriberPuppet;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.WhiteboxSubscriberProbe;

/** A subscriber that reports each received signal to a test. */
record ProbedSubscriber(AioFileSubscriber subscriber, WhiteboxSubscriberProbe<ByteBuffer> probe)
        implements Flow.Subscriber<ByteBuffer> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscriber.onSubscribe(subscription);
        probe.registerOnSubscribe(new SubscriberPuppet() {
            @Override
            public void triggerRequest(long elements) {
                subscription.request(elements);
            }

            @Override
            public void signalCancel() {
                subscription.cancel();
            }
        });
    }

    @Override
    public void onNext(ByteBuffer buffer) {
        subscriber.onNext(buffer);
        probe.registerOnNext(buffer);
    }

    @Override
    public void onError(Throwable failure) {
        subscriber.onError(failure);
        probe.registerOnError(failure);
    }

    @Override
    public void onComplete() {
        subscriber.onComplete();
        probe.registerOnComplete();
    }
}
