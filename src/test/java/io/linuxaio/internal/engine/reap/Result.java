package io.linuxaio.internal.engine.reap;

import io.linuxaio.internal.engine.Waiter;

/** A result for which at most one thread waits. Tests complete it, and unpark that thread. */
class Result implements Waiter {
    volatile boolean done;
    volatile Thread waiter;

    @Override
    public boolean isDone() {
        return done;
    }

    @Override
    public Thread waitingThread() {
        return waiter;
    }

    @Override
    public synchronized boolean beginWaiting() {
        if (waiter != null) {
            return false;
        }
        waiter = Thread.currentThread();
        return true;
    }

    @Override
    public void endWaiting() {
        waiter = null;
    }
}
