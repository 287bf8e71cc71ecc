package io.linuxaio;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A flight recorder event: a context has terminated, with all operations that were in flight. */
@Name("io.linuxaio.ContextClosed")
@Label("Context Closed")
@Description("An AioContext was closed and has ended; its statistics, under the names of AioStats")
@Category("linux-aio")
@StackTrace(false)
final class ContextClosedEvent extends Event {
    @Label("Context")
    @Description("The name of the context's reaper thread")
    String context;

    @Label("Submitted")
    long submitted;

    @Label("Succeeded")
    long succeeded;

    @Label("Failed")
    long failed;

    @Label("Bytes Read")
    @DataAmount
    long bytesRead;

    @Label("Bytes Written")
    @DataAmount
    long bytesWritten;

    @Label("Queue Full Count")
    long queueFullCount;

    @Label("NOWAIT Refusals")
    long nowaitRefusals;

    @Label("Offloaded")
    long offloaded;

    @Label("Short Transfers")
    long shortTransfers;

    @Label("Submit Retries")
    long submitRetries;

    @Label("Stray Events")
    long strayEvents;

    @Label("Max in Flight")
    int maxInFlight;

    @Label("Reaper Wakeups")
    long reaperWakeups;

    @Label("Read Latency, P50")
    @Timespan
    long readLatencyP50;

    @Label("Read Latency, P99")
    @Timespan
    long readLatencyP99;

    @Label("Read Latency, Maximum")
    @Timespan
    long readLatencyMax;

    @Label("Write Latency, P50")
    @Timespan
    long writeLatencyP50;

    @Label("Write Latency, P99")
    @Timespan
    long writeLatencyP99;

    @Label("Write Latency, Maximum")
    @Timespan
    long writeLatencyMax;

    @Label("Sync Latency, P50")
    @Timespan
    long syncLatencyP50;

    @Label("Sync Latency, P99")
    @Timespan
    long syncLatencyP99;

    @Label("Sync Latency, Maximum")
    @Timespan
    long syncLatencyMax;

    static void record(String context, AioStats stats) {
        ContextClosedEvent event = new ContextClosedEvent();
        if (event.shouldCommit()) {
            event.context = context;
            event.submitted = stats.submitted();
            event.succeeded = stats.succeeded();
            event.failed = stats.failed();
            event.bytesRead = stats.bytesRead();
            event.bytesWritten = stats.bytesWritten();
            event.queueFullCount = stats.queueFullCount();
            event.nowaitRefusals = stats.nowaitRefusals();
            event.offloaded = stats.offloaded();
            event.shortTransfers = stats.shortTransfers();
            event.submitRetries = stats.submitRetries();
            event.strayEvents = stats.strayEvents();
            event.maxInFlight = stats.maxInFlight();
            event.reaperWakeups = stats.reaperWakeups();
            event.readLatencyP50 = stats.readLatencies().percentile(50).toNanos();
            event.readLatencyP99 = stats.readLatencies().percentile(99).toNanos();
            event.readLatencyMax = stats.readLatencies().max().toNanos();
            event.writeLatencyP50 = stats.writeLatencies().percentile(50).toNanos();
            event.writeLatencyP99 = stats.writeLatencies().percentile(99).toNanos();
            event.writeLatencyMax = stats.writeLatencies().max().toNanos();
            event.syncLatencyP50 = stats.syncLatencies().percentile(50).toNanos();
            event.syncLatencyP99 = stats.syncLatencies().percentile(99).toNanos();
            event.syncLatencyMax = stats.syncLatencies().max().toNanos();
            event.commit();
        }
    }
}
