package io.linuxaio;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;

/** A flight recorder event: one operation of a context, from the user's call until its completion event is reaped. */
@Name("io.linuxaio.Operation")
@Label("Operation")
@Description("One read, write or sync of an AioContext. The event's own thread is the one that happened to write it")
@Category("linux-aio")
@Threshold("20 ms")
@StackTrace(false)
final class OperationEvent extends Event {
    @Label("Kind")
    @Description("read, write, readv, writev, sync or dataSync")
    String kind;

    @Label("Path")
    @Description("The file, as it was opened")
    String path;

    @Label("Position")
    @Description("The position of the operation in the file, in bytes")
    long position;

    @Label("Length")
    @Description("Bytes requested; 0 for a sync")
    @DataAmount
    long length;

    @Label("Transferred")
    @Description("Bytes transferred, also by an operation that failed after a part")
    @DataAmount
    long transferred;

    @Label("Error")
    @Description("The symbol of the error number, such as EIO; none if the operation succeeded")
    String error;

    @Label("In Flight")
    @Description("Operations of the context in flight when this one was submitted, itself included")
    int inFlight;

    @Label("Submission Time")
    @Description("The time that a thread spent submitting it: the caller, or the helper of a NON_BLOCKING context. "
            + "Longer than the duration if the operation completed first; a batch's time is that of each operation")
    @Timespan
    long submissionTime;

    @Label("Submitter")
    @Description("The thread that started the operation")
    Thread submitter;

    @Label("Context")
    @Description("The name of the context's reaper thread")
    String context;
}
