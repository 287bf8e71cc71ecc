package io.linuxaio.internal.engine;

import java.util.concurrent.ThreadFactory;

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

    /**
     * Creates a thread by a user's factory, and does not start it.
     *
     * @param factory the factory; null for {@link #daemon}
     * @param name the name of a daemon; a factory names its threads itself
     * @throws IllegalStateException if the factory returns null or a virtual thread, whose carrier would wait in the kernel
     */
    public static Thread by(ThreadFactory factory, String name, Runnable task) {
        if (factory == null) {
            return daemon(name, task);
        }
        Thread made = factory.newThread(task);
        if (made == null || made.isVirtual()) {
            throw new IllegalStateException("the thread factory returned "
                    + (made == null ? "null" : "a virtual thread") + "; it must return a new platform thread");
        }
        return made;
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
