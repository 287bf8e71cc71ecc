package io.linuxaio.flashkv.store;

/** Methods on threads. */
final class Threads {
    private Threads() {}

    /** Waits until a thread has ended. An interrupt does not end the wait, and is kept. */
    static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
