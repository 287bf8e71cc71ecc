package io.linuxaio.internal.engine;

/**
 * A factory of the library's threads: daemons that inherit nothing from the thread that starts them. Their context class
 * loader is the system class loader, their group the root of all thread groups, their priority the normal one, and they
 * have no inheritable thread locals. So a thread that outlives its first user keeps none of the user's objects reachable.
 */
public final class Threads {
    private Threads() {}

    /** Returns the root of all thread groups. */
    public static ThreadGroup root() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }

    /** Creates a thread and does not start it. */
    public static Thread daemon(String name, Runnable task) {
        return Thread.ofPlatform()
                .group(root())
                .daemon()
                .priority(Thread.NORM_PRIORITY)
                .inheritInheritableThreadLocals(false)
                .name(name)
                .unstarted(task);
    }
}
