package io.linuxaio.internal.engine;

/** Makes threads that keep nothing of the thread that makes them. */
public final class Threads {
    private static final ThreadGroup ROOT = root();

    private Threads() {}

    private static ThreadGroup root() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }

    /** Makes a daemon thread of normal priority, without inherited thread locals or a context class loader; not started. */
    public static Thread daemon(String name, Runnable task) {
        Thread thread = Thread.ofPlatform()
                .group(ROOT)
                .daemon()
                .priority(Thread.NORM_PRIORITY)
                .inheritInheritableThreadLocals(false)
                .name(name)
                .unstarted(task);
        thread.setContextClassLoader(null);
        return thread;
    }
}
