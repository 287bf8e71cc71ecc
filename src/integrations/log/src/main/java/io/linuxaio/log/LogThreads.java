package io.linuxaio.log;

/**
 * A factory of the log's threads: daemons that inherit nothing from the thread that opens the log, neither thread locals nor
 * class loader, group or priority.
 */
final class LogThreads {
    private LogThreads() {}

    /** Creates a thread and does not start it. */
    static Thread daemon(String name, Runnable task) {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        Thread thread = Thread.ofPlatform()
                .group(root)
                .daemon()
                .priority(Thread.NORM_PRIORITY)
                .inheritInheritableThreadLocals(false)
                .name(name)
                .unstarted(task);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }
}
