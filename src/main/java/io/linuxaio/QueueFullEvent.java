package io.linuxaio;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;

/** A flight recorder event: one wait of a thread for a slot of a full queue. */
@Name("io.linuxaio.QueueFull")
@Label("Queue Full")
@Description("A thread waited for a slot of the full queue of an AioContext")
@Category("linux-aio")
@Threshold("20 ms")
final class QueueFullEvent extends Event {
    @Label("Queue Depth")
    @Description("The maximum number of operations in flight")
    int queueDepth;

    @Label("Context")
    @Description("The name of the context's reaper thread")
    String context;

    /** Begins an event, or returns null if such events are disabled. */
    static QueueFullEvent begin(String context, int queueDepth) {
        QueueFullEvent event = new QueueFullEvent();
        if (!event.isEnabled()) {
            return null;
        }
        event.context = context;
        event.queueDepth = queueDepth;
        event.begin();
        return event;
    }
}
