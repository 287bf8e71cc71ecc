package io.linuxaio.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.bench.Workload;
import io.linuxaio.bench.Workload.Operation;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The options of fio for several threads. */
class FioContenderTest {
    private static final FioContender LIBAIO = named("fio-libaio");

    @Test
    void everyThreadHasItsShareOfTheDepth() {
        assertThat(LIBAIO.command(workload(32, 8, true)))
                .contains("--thread", "--group_reporting", "--numjobs=8", "--iodepth=4", "--size=1048576")
                .contains("--iodepth_batch_submit=4", "--iodepth_batch_complete_max=4");
    }

    @Test
    void everyThreadHasAPartOfTheFileInSequentialRuns() {
        assertThat(LIBAIO.command(workload(6, 3, false)))
                .contains("--numjobs=3", "--iodepth=2", "--size=348160", "--offset_increment=348160");
        assertThat(LIBAIO.command(workload(6, 1, false)))
                .contains("--numjobs=1", "--iodepth=6", "--size=1048576")
                .noneMatch(each -> each.startsWith("--offset_increment"));
    }

    @Test
    void separateThreadsAreNotShared() {
        FioContender psync = named("fio-psync");
        assertThat(psync.unfit(workload(6, 3, true), PassKind.MEASURE))
                .isEqualTo("it has as many threads as the depth says");
        assertThat(psync.unfit(workload(6, 1, true), PassKind.MEASURE)).isNull();
        assertThat(LIBAIO.unfit(workload(6, 3, true), PassKind.MEASURE)).isNull();
    }

    private static FioContender named(String name) {
        return FioContender.all().stream()
                .filter(each -> each.name().equals(name))
                .map(FioContender.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static Workload workload(int depth, int threads, boolean random) {
        Duration time = Duration.ofMillis(100);
        return new Workload(
                Path.of("some.dat"), 1 << 20, 4096, depth, threads, Operation.READ, random, true, time, 0, time, 1, 1);
    }
}
