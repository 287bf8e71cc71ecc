package io.linuxaio.artemis;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioContext;

/** A context with a thread that polls it, as the broker has one: it polls again if a callback throws. */
final class PolledContext implements AutoCloseable {
    final LibaioContext<Outcomes> context;
    final List<Throwable> thrown = new CopyOnWriteArrayList<>();
    final Thread thread;
    private volatile boolean running = true;

    PolledContext(int depth, boolean waits, boolean syncs) {
        context = new LibaioContext<>(depth, waits, syncs);
        thread = Thread.ofPlatform().daemon().name("poll").start(this::poll);
    }

    private void poll() {
        while (running) {
            try {
                context.poll();
                return;
            } catch (RuntimeException | Error e) {
                thrown.add(e);
            }
        }
    }

    @Override
    public void close() {
        running = false;
        context.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
