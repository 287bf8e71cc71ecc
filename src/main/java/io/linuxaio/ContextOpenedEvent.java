package io.linuxaio;

import io.linuxaio.internal.kernel.BackendSelector;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A flight recorder event: a context was opened. */
@Name("io.linuxaio.ContextOpened")
@Label("Context Opened")
@Description("An AioContext was opened, with these settings")
@Category("linux-aio")
final class ContextOpenedEvent extends Event {
    @Label("Context")
    @Description("The name of the context's reaper thread")
    String context;

    @Label("Queue Depth")
    @Description("The maximum number of operations in flight")
    int queueDepth;

    @Label("Backend")
    @Description("The backend: libaio or syscall")
    String backend;

    @Label("User-Space Ring")
    @Description("True if completion events are read from the kernel's ring without a system call")
    boolean userSpaceRing;

    @Label("Caller Reaping")
    @Description("True if threads that wait for results reap completion events")
    boolean callerReaping;

    @Label("On Full Queue")
    @Description("WAIT or REJECT")
    String onFullQueue;

    @Label("Submission")
    @Description("MAY_BLOCK or NON_BLOCKING")
    String submission;

    static void record(String context, AioContext.Builder settings, boolean readsRing) {
        ContextOpenedEvent event = new ContextOpenedEvent();
        if (event.shouldCommit()) {
            event.context = context;
            event.queueDepth = settings.queueDepth();
            event.backend = BackendSelector.ofProcess().backend();
            event.userSpaceRing = readsRing;
            event.callerReaping = settings.callerReaping();
            event.onFullQueue = settings.overflow().name();
            event.submission = settings.submission().name();
            event.commit();
        }
    }
}
