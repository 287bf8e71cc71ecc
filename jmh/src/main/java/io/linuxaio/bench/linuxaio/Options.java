package io.linuxaio.bench.linuxaio;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.AioQueue;
import io.linuxaio.AioSubmitMode;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The one place where queues, contexts and files of linux-aio are opened, and where system properties choose among what
 * its builders offer: {@code bench.submission} is {@code may_block} or {@code non_blocking}, {@code bench.callerReaping} is
 * {@code true} or {@code false} (whether threads that wait reap events), and {@code bench.busyPoll} is how many microseconds
 * they may poll. A property that begins with {@code bench.} and is not known here is refused: a figure must not be taken for
 * something it was not measured with. The library's own {@code -Dio.linuxaio.ring=false} switches the ring off.
 */
final class Options {
    private static final String SUBMISSION = "bench.submission";
    private static final String CALLER_REAPING = "bench.callerReaping";
    private static final String BUSY_POLL = "bench.busyPoll";
    private static final Set<String> KNOWN = Set.of(SUBMISSION, CALLER_REAPING, BUSY_POLL);

    private Options() {}

    static AioContext context(int depth) throws IOException {
        return context(depth, Duration.of(Long.getLong(BUSY_POLL, 0), ChronoUnit.MICROS));
    }

    static AioContext context(int depth, Duration busyPoll) throws IOException {
        refuseUnknown();
        AioContext.Builder builder = AioContext.builder().queueDepth(depth);
        String submission = System.getProperty(SUBMISSION);
        if (submission != null) {
            builder.submission(AioSubmitMode.valueOf(submission.toUpperCase(Locale.ROOT)));
        }
        if (System.getProperty(CALLER_REAPING) != null) {
            builder.callerReaping(Boolean.getBoolean(CALLER_REAPING));
        }
        return builder.busyPoll(busyPoll).open();
    }

    static AioQueue queue(int depth) throws IOException {
        refuseUnknown();
        for (String name : KNOWN) {
            if (System.getProperty(name) != null) {
                throw new IllegalArgumentException(name + " is no option of AioQueue");
            }
        }
        return AioQueue.open(depth);
    }

    static OpenOption[] file(Workload workload) {
        Set<OpenOption> options = new HashSet<>(Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
        if (!workload.direct()) {
            options.add(AioOpenOption.BUFFERED);
        }
        return options.toArray(OpenOption[]::new);
    }

    static AioFile open(Workload workload) throws IOException {
        return AioFile.open(workload.path(), file(workload));
    }

    private static void refuseUnknown() {
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("bench.") && !KNOWN.contains(name)) {
                throw new IllegalArgumentException(
                        "the system property " + name + " is not known; there are: " + String.join(", ", KNOWN));
            }
        }
    }
}
