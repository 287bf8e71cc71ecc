package io.linuxaio;

import io.linuxaio.internal.engine.CompletionSink;
import io.linuxaio.internal.engine.FailureRun;
import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.RepeatedLog;
import io.linuxaio.internal.kernel.Errno;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** The wait for the operations in flight of a queue or poller that is being closed. For the thread that reaps. */
final class Drain {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final RepeatedLog REAPING = new RepeatedLog(Level.ERROR, "io_getevents failed: {0}");
    private static final RepeatedLog DESTROYING = new RepeatedLog(Level.ERROR, "io_destroy failed: {0}");

    private Drain() {}

    /**
     * Reaps until nothing is in flight. Allocates nothing if the kernel does not fail.
     *
     * @param failures the run of failures of {@code io_getevents}
     * @param consequence ends the message of the exception
     * @param inFlight returns the number of operations in flight
     * @param interval the maximum time between two looks at that number, in nanoseconds, or
     *     {@link KernelAioContext#FOREVER} if only completion events change it
     * @param sink receives the completed operations
     * @throws IllegalStateException if io_getevents(2) has failed for ten seconds
     */
    static void await(
            KernelAioContext engine,
            FailureRun failures,
            String consequence,
            IntSupplier inFlight,
            long interval,
            CompletionSink sink) {
        while (inFlight.getAsInt() > 0) {
            int answer = engine.reap(1, interval, sink);
            if (answer >= 0) {
                failures.end();
                continue;
            }
            REAPING.log(Errno.symbol(-answer));
            if (failures.hasLasted(PATIENCE_NANOS)) {
                throw new IllegalStateException("io_getevents keeps failing with " + Errno.symbol(-answer) + " while "
                        + inFlight.getAsInt() + " operations are in flight; " + consequence);
            }
            failures.pause();
        }
    }

    /** Destroys the kernel AIO context; a failure is logged. If there is no memory for the system call, that is made later. */
    static void destroy(KernelAioContext engine) {
        int answer = engine.abandon();
        if (answer < 0) {
            DESTROYING.log(Errno.symbol(-answer));
        }
    }
}
