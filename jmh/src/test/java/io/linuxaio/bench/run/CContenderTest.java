package io.linuxaio.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Workload;
import io.linuxaio.bench.Workload.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The C program, which transfers the right data from several threads. */
class CContenderTest {
    private static final Duration SHORT = Duration.ofMillis(30);
    private static final int FILE_SIZE = 1 << 20;

    private static Path program;
    private static Path file;

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        assumeTrue(Programs.isInstalled("cc"), "no C compiler");
        program = Files.createTempFile(Path.of("target"), "aio_bench", "");
        file = Files.createTempFile(Path.of("target"), "aio_bench", ".dat");
        Files.write(file, new byte[FILE_SIZE]);
        Programs.Ended ended = Programs.run(
                List.of(
                        "cc",
                        "-O1",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-pthread",
                        "src/main/c/aio_bench.c",
                        "-o",
                        "" + program),
                Duration.ofMinutes(1));
        assertThat(ended.errors()).isEmpty();
    }

    @AfterAll
    static void delete() throws IOException {
        if (program != null) {
            Files.deleteIfExists(program);
            Files.deleteIfExists(file);
        }
    }

    @ParameterizedTest
    @CsvSource({"BATCH, false", "BATCH, true", "ONE_BY_ONE, false", "ONE_BY_ONE, true"})
    void severalThreadsTransferTheRightData(Policy policy, boolean ring) throws Exception {
        CContender contender = new CContender(program, policy, ring, false);
        for (Operation operation : Operation.values()) {
            Workload workload = workload(6, 3, operation);
            assertThat(contender.unfit(workload, PassKind.CHECK)).isNull();
            ObjectNode checked = contender.run(PassKind.CHECK, workload);
            assertThat(checked.path("operations").asLong())
                    .as(checked.toString())
                    .isPositive();
            assertThat(checked.path("blocks_written").asLong() > 0).isEqualTo(operation == Operation.WRITE);
        }
        ObjectNode timed = contender.run(PassKind.LATENCY, workload(6, 3, Operation.READ));
        assertThat(timed.path("max").asLong()).as(timed.toString()).isPositive();
    }

    @Test
    void separateThreadsAreNotShared() throws Exception {
        CContender threads = new CContender(program, Policy.THREADS, false, false);
        Workload workload = workload(6, 3, Operation.READ);
        assertThat(threads.unfit(workload, PassKind.MEASURE)).isEqualTo("it has as many threads as the depth says");
        assertThat(threads.run(PassKind.MEASURE, workload).path("error").asText())
                .isEqualTo("c-threads has as many threads as the depth says");
        assertThat(threads.unfit(workload(6, 1, Operation.READ), PassKind.MEASURE))
                .isNull();
    }

    @Test
    void sharesAreEven() throws Exception {
        List<String> command = new ArrayList<>(List.of("" + program, "measure", "c-one"));
        workload(6, 3, Operation.READ).arguments().stream()
                .map(each -> each.equals("depth=6") ? "depth=7" : each)
                .forEach(command::add);
        assertThat(Json.result(Programs.run(command, Duration.ofSeconds(10)))
                        .path("error")
                        .asText())
                .isEqualTo("depth must be a multiple of the 3 threads that share it: 7");
    }

    @Test
    void theWarmUpLastsForItsOperations() throws Exception {
        List<String> command = new ArrayList<>(List.of("" + program, "measure", "c-one"));
        workload(1, 1, Operation.READ).arguments().stream()
                .map(each -> each.equals("warmup_operations=0") ? "warmup_operations=1000000000" : each)
                .forEach(command::add);
        long start = System.nanoTime();
        assertThat(Json.result(Programs.run(command, Duration.ofSeconds(10))).has("wall_ns"))
                .isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isGreaterThan(SHORT.multipliedBy(Workload.MOST_WARM_UPS));
    }

    private static Workload workload(int depth, int threads, Operation operation) {
        return new Workload(file, FILE_SIZE, 4096, depth, threads, operation, true, true, SHORT, 0, SHORT, 1, 1);
    }
}
