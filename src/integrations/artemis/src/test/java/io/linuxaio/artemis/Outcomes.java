package io.linuxaio.artemis;

import io.linuxaio.testing.Await;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.activemq.artemis.nativo.jlibaio.SubmitInfo;

/** A callback that notes each of its calls: the error number, or 0 for success. */
final class Outcomes implements SubmitInfo {
    final List<Integer> errors = new CopyOnWriteArrayList<>();
    final List<String> messages = new CopyOnWriteArrayList<>();
    final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final Runnable action;

    Outcomes() {
        this(() -> {});
    }

    /** Runs an action at each call. */
    Outcomes(Runnable action) {
        this.action = action;
    }

    @Override
    public void onError(int errno, String message) {
        messages.add(message);
        note(errno);
    }

    @Override
    public void done() {
        note(0);
    }

    private void note(int errno) {
        threads.add(Thread.currentThread());
        errors.add(errno);
        action.run();
    }

    /** Waits for a number of calls, and returns them. */
    List<Integer> await(int count) {
        Await.until(count + " calls, not " + errors, () -> errors.size() >= count);
        return errors;
    }
}
