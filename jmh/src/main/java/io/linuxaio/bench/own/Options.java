package io.linuxaio.bench.own;

import io.linuxaio.AioContext;
import io.linuxaio.AioContextBuilder;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.AioQueue;
import io.linuxaio.AioSubmission;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The one place where queues, contexts and files of linux-aio are opened, and where system properties choose among what
 * its builders offer: {@code bench.submission} is {@code may_block} or {@code never_block}. A property that begins with
 * {@code bench.} and is not known here is refused: a figure must not be taken for something it was not measured with.
 */
final class Options {
    private static final String SUBMISSION = "bench.submission";
    private static final Set<String> KNOWN = Set.of(SUBMISSION);

    private Options() {}

    static AioContext context(int depth) throws IOException {
        refuseUnknown();
        AioContextBuilder builder = AioContext.builder().queueDepth(depth);
        String submission = System.getProperty(SUBMISSION);
        if (submission != null) {
            builder.submission(AioSubmission.valueOf(submission.toUpperCase(Locale.ROOT)));
        }
        return builder.open();
    }

    static AioQueue queue(int depth) throws IOException {
        refuseUnknown();
        if (System.getProperty(SUBMISSION) != null) {
            throw new IllegalArgumentException(SUBMISSION + " is no option of AioQueue");
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
