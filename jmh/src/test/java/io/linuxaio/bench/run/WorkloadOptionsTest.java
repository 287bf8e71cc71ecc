package io.linuxaio.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.linuxaio.bench.Workload;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command line options for depths and threads. */
class WorkloadOptionsTest {
    private static final Target TARGET = new Target("memory", Path.of("none"), 16 << 20, true, () -> {});

    @Test
    void oneThreadSubmitsByDefault() {
        assertThat(workloads("--operation", "read"))
                .extracting(Workload::depth, Workload::threads)
                .containsExactly(tuple(1, 1), tuple(8, 1), tuple(32, 1), tuple(128, 1));
    }

    @Test
    void everyDepthIsSharedByEveryNumberOfThreads() {
        assertThat(workloads("--operation", "read", "--depth", "8,32", "--threads", "1,2,8"))
                .extracting(Workload::depth, Workload::threads)
                .containsExactly(tuple(8, 1), tuple(32, 1), tuple(8, 2), tuple(32, 2), tuple(8, 8), tuple(32, 8));
    }

    @Test
    void defaultDepthsThatCannotBeSharedAreDropped() {
        assertThat(workloads("--operation", "read", "--threads", "2"))
                .extracting(Workload::depth, Workload::threads)
                .containsExactly(tuple(8, 2), tuple(32, 2), tuple(128, 2));
        assertThat(workloads("--quick", "--threads", "2"))
                .extracting(Workload::depth, Workload::threads)
                .containsExactly(tuple(8, 2));
    }

    @Test
    void depthsThatCannotBeSharedAreRefused() {
        assertRefused(
                "3 threads cannot have equal shares of a depth of 32: --depth must be a multiple of --threads",
                "--depth",
                "9,32",
                "--threads",
                "3");
        assertRefused(
                "2 threads cannot have equal shares of a depth of 1: --depth must be a multiple of --threads",
                "--depth",
                "1",
                "--threads",
                "1,2");
        assertRefused(
                "3 threads cannot have equal shares of a depth of 8: --depth must be a multiple of --threads",
                "--quick",
                "--threads",
                "3");
    }

    @Test
    void numbersOfThreadsAreLimited() {
        assertRefused("--threads must be from 1 to 256", "--threads", "0");
        assertRefused("--threads must be from 1 to 256", "--threads", "1,257", "--depth", "257");
    }

    private static void assertRefused(String message, String... arguments) {
        assertThatThrownBy(() -> workloads(arguments))
                .isInstanceOf(BenchException.class)
                .hasMessage(message);
    }

    private static List<Workload> workloads(String... arguments) {
        Bench bench = CommandLine.populateCommand(new Bench(), arguments);
        bench.workloads.validate(bench.quick);
        return bench.workloads.on(TARGET, bench.quick);
    }
}
