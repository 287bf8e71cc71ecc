package io.linuxaio.bench.run;

import io.linuxaio.bench.Workload;
import java.time.Duration;

/** The timeouts after which a process counts as hanging. */
final class Limits {
    private static final Duration SPARE = Duration.ofSeconds(30);

    private Limits() {}

    static Duration of(Workload workload) {
        return measuring(workload)
                .plus(workload.warmUp().multipliedBy(Workload.MOST_WARM_UPS))
                .multipliedBy(2)
                .plus(SPARE);
    }

    /** Warm-up and windows. */
    static Duration measuring(Workload workload) {
        return workload.warmUp().plus(workload.window().multipliedBy(workload.windows()));
    }
}
