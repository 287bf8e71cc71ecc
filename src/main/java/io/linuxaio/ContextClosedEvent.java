package io.linuxaio;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A context has ended: everything that was in flight included. */
@Name("io.linuxaio.ContextClosed")
@Label("Context Closed")
@Description("An AioContext was closed and has ended; what it has done, as AioStats tells it")
@Category("linux-aio")
@StackTrace(false)
final class ContextClosedEvent extends Event {
    @Label("Context")
    @Description("The name of the context's reaper thread")
    String context;

    @Label("Submitted")
    long submitted;

    @Label("Completed")
    long completed;

    @Label("Failed")
    long failed;

    @Label("Bytes Read")
    @DataAmount
    long bytesRead;

    @Label("Bytes Written")
    @DataAmount
    long bytesWritten;

    @Label("Full Queue")
    long fullQueue;

    @Label("NOWAIT Refusals")
    long nowaitRefusals;

    @Label("Handed Over")
    long handedOver;

    @Label("Short Transfers")
    long shortTransfers;

    @Label("Submit Retries")
    long submitRetries;

    @Label("Stray Events")
    long strayEvents;

    @Label("Most in Flight")
    int mostInFlight;

    @Label("Wake-ups")
    long wakeUps;

    static void record(String context, AioStats stats) {
        ContextClosedEvent event = new ContextClosedEvent();
        if (event.shouldCommit()) {
            event.context = context;
            event.submitted = stats.submitted();
            event.completed = stats.completed();
            event.failed = stats.failed();
            event.bytesRead = stats.bytesRead();
            event.bytesWritten = stats.bytesWritten();
            event.fullQueue = stats.fullQueue();
            event.nowaitRefusals = stats.nowaitRefusals();
            event.handedOver = stats.handedOver();
            event.shortTransfers = stats.shortTransfers();
            event.submitRetries = stats.submitRetries();
            event.strayEvents = stats.strayEvents();
            event.mostInFlight = stats.mostInFlight();
            event.wakeUps = stats.wakeUps();
            event.commit();
        }
    }
}
