package io.linuxaio.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The arguments passed to a process, parsed back, and invalid ones refused. */
class WorkloadTest {
    @Test
    void argumentsSurviveARoundTrip() {
        Workload workload = Workload.parse(arguments("depth=8", "threads=2"));
        assertThat(workload.depth()).isEqualTo(8);
        assertThat(workload.threads()).isEqualTo(2);
        assertThat(Workload.parse(workload.arguments())).isEqualTo(workload);
        assertThat(workload.limitedTo(4096).threads()).isEqualTo(2);
    }

    @Test
    void sharesAreEvenAndSumToTheWhole() {
        Workload workload = Workload.parse(arguments("depth=6", "threads=3"));
        Integer[] slots = {0, 1, 2, 3, 4, 5};
        assertThat(new ThreadShare(workload, 0).of(slots)).containsExactly(0, 1);
        assertThat(new ThreadShare(workload, 1).of(slots)).containsExactly(2, 3);
        assertThat(new ThreadShare(workload, 2).of(slots)).containsExactly(4, 5);
        assertThat(new ThreadShare(workload, 2).firstSlot()).isEqualTo(4);
    }

    @Test
    void theDepthIsAMultipleOfTheThreads() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Workload.parse(arguments("depth=8", "threads=3")))
                .withMessage("depth must be a multiple of the 3 threads that share it: 8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Workload.parse(arguments("depth=1", "threads=2")))
                .withMessage("depth must be a multiple of the 2 threads that share it: 1");
    }

    @Test
    void atLeastOneThreadIsRequired() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Workload.parse(arguments("depth=8", "threads=0")))
                .withMessage("threads must be at least 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Workload.parse(arguments("depth=8")))
                .withMessage("threads= is missing");
    }

    private static List<String> arguments(String... more) {
        List<String> all = new ArrayList<>(List.of(
                "path=some.dat",
                "size=65536",
                "block=4096",
                "operation=read",
                "random=1",
                "direct=1",
                "warmup_ms=1",
                "warmup_operations=0",
                "window_ms=1",
                "windows=1",
                "seed=1"));
        all.addAll(List.of(more));
        return all;
    }
}
