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

/** One operation of a context, from the call that wants it to the moment when its result is taken. */
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
    @Description("Where in the file the operation began, in bytes")
    long position;

    @Label("Length")
    @Description("Bytes asked for; 0 for a sync")
    @DataAmount
    long length;

    @Label("Transferred")
    @Description("Bytes moved, also by an operation that failed after a part")
    @DataAmount
    long transferred;

    @Label("Error")
    @Description("The symbol of the error number, such as EIO; none where the operation succeeded")
    String error;

    @Label("In Flight")
    @Description("Operations of the context in flight when this one was submitted, itself included")
    int inFlight;

    @Label("Submission Time")
    @Description("For how long submitting it kept a thread busy: the caller, or the helper of a context that never "
            + "blocks. Longer than the duration where the operation had ended before; a batch's is that of each of it")
    @Timespan
    long submissionTime;

    @Label("Submitter")
    @Description("The thread that wanted the operation")
    Thread submitter;

    @Label("Context")
    @Description("The name of the context's reaper thread")
    String context;
}
