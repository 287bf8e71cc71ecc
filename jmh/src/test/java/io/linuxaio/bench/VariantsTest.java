package io.linuxaio.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.linuxaio.bench.Workload.Operation;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The variants, each of which transfers the right data with O_DIRECT and can be measured. A variant whose library this
 * machine cannot run is skipped with the reason; those of linux-aio and of the JDK never are.
 */
class VariantsTest {
    private static final int FILE_SIZE = 4 << 20;
    private static final int BLOCK = 4096;
    private static final Duration SHORT = Duration.ofMillis(50);

    private static Path file;

    @BeforeAll
    static void makeFile() throws IOException {
        file = Files.createTempFile(Path.of("target"), "variants", ".dat");
        Files.write(file, new byte[FILE_SIZE]);
    }

    @AfterAll
    static void deleteFile() throws IOException {
        Files.deleteIfExists(file);
    }

    @Test
    void allClassesLoadAndHaveUniqueNames() {
        assertThat(Variants.broken()).isEmpty();
        assertThat(Variants.all()).extracting(Variant::name).doesNotHaveDuplicates();
        assertThat(Variants.all()).extracting(Variant::name).allMatch(name -> name.matches("[a-z0-9-]+"));
        assertThat(Variants.all())
                .extracting(Variant::description)
                .noneMatch(text -> text.isBlank() || text.contains("\n"));
    }

    @TestFactory
    Stream<DynamicTest> readsTheRightData() {
        return forEach(Mode.CHECK, workload(Operation.READ, 8, true), answer -> {
            assertThat(answer.get("operations")).asString().isNotEqualTo("0");
            assertThat(answer).containsEntry("blocks_written", 0);
        });
    }

    @TestFactory
    Stream<DynamicTest> writesTheRightData() {
        return forEach(
                Mode.CHECK,
                workload(Operation.WRITE, 3, false),
                answer -> assertThat((Integer) answer.get("blocks_written")).isPositive());
    }

    @Test
    void variantsWithOneSubmitterGiveTheReason() {
        Workload workload = workload(Operation.READ, 8, 2, true);
        assertThat(Variants.all())
                .filteredOn(variant -> variant.unfit(workload) == null)
                .extracting(Variant::name)
                .containsExactly(
                        "queue-batch",
                        "queue-one",
                        "futures-batch",
                        "futures-one",
                        "async-channel-futures",
                        "artemis-poll",
                        "artemis-futures",
                        "jasyncfio-futures",
                        "jasyncfio-futures-sleeping",
                        "lwjgl-uring-batch",
                        "lwjgl-uring-one");
        assertThat(Variants.named("blocking-threads").orElseThrow().unfit(workload))
                .isEqualTo("it has as many threads as the depth says");
        assertThat(Variants.named("blocking-virtual-1000").orElseThrow().unfit(workload))
                .isEqualTo("it has 1000 threads");
        assertThat(Variants.named("futures-callback").orElseThrow().unfit(workload))
                .isEqualTo("callbacks submit, on the threads that complete");
    }

    @TestFactory
    Stream<DynamicTest> readsTheRightDataFromTwoThreads() {
        return forEach(
                Mode.CHECK,
                workload(Operation.READ, 8, 2, true),
                answer -> assertThat(answer).containsEntry("blocks_written", 0));
    }

    @TestFactory
    Stream<DynamicTest> writesTheRightDataFromTwoThreads() {
        return forEach(
                Mode.CHECK,
                workload(Operation.WRITE, 6, 2, false),
                answer -> assertThat((Integer) answer.get("blocks_written")).isPositive());
    }

    @TestFactory
    Stream<DynamicTest> submitsFromTheNumberOfThreadsOfTheWorkload() {
        Workload workload = workload(Operation.READ, 6, 3, true);
        return Variants.all().stream()
                .filter(variant -> variant.unfit(workload) == null)
                .map(variant -> dynamicTest(variant.name(), () -> {
                    List<SpySink> lanes = unlessLibraryIsMissing(variant, () -> {
                        try (Session session = variant.open(workload)) {
                            return SpySink.run(session, workload);
                        }
                    });
                    assertThat(lanes).hasSize(3);
                    assertThat(lanes).extracting(SpySink::slots).containsOnly(2);
                    assertThat(lanes)
                            .allSatisfy(lane -> assertThat(lane.submitters()).hasSize(1));
                    assertThat(lanes).extracting(SpySink::submitters).doesNotHaveDuplicates();
                }));
    }

    @TestFactory
    Stream<DynamicTest> canBeMeasured() {
        return forEach(Mode.MEASURE, workload(Operation.READ, 1, true), answer -> {
            assertThat((List<?>) answer.get("wall_ns")).hasSize(2).allMatch(time -> (Double) time > 0);
            assertThat((List<?>) answer.get("processor_ns")).hasSize(2).allMatch(time -> (Double) time >= 0);
        });
    }

    @TestFactory
    Stream<DynamicTest> opensTheFileDirect() {
        Workload workload = workload(Operation.WRITE, 1, true);
        return Variants.all().stream()
                .map(variant -> dynamicTest(variant.name(), () -> {
                    try (Session session = unlessLibraryIsMissing(variant, () -> variant.open(workload))) {
                        assertThat(session).isNotNull();
                        assertThat(statusFlagsOfFile()).isNotEmpty().allMatch(flags -> (flags & direct()) != 0);
                    }
                }));
    }

    /** Returns the flags of this process's descriptors of the file (proc(5)). */
    private static List<Integer> statusFlagsOfFile() throws IOException {
        List<Integer> flags = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.exists(descriptor) && Files.isSameFile(descriptor, file)) {
                    String line =
                            Files.readAllLines(Path.of("/proc/self/fdinfo").resolve(descriptor.getFileName())).stream()
                                    .filter(each -> each.startsWith("flags:"))
                                    .findFirst()
                                    .orElseThrow();
                    flags.add(Integer.parseInt(line.substring("flags:".length()).strip(), 8));
                }
            }
        }
        return flags;
    }

    private static int direct() {
        return System.getProperty("os.arch").equals("aarch64") ? 0x10000 : 0x4000;
    }

    /** Checks the result of a pass. */
    @FunctionalInterface
    private interface Expectation {
        void of(Map<String, Object> answer);
    }

    private static Stream<DynamicTest> forEach(Mode pass, Workload workload, Expectation expectation) {
        return Variants.all().stream()
                .map(variant -> dynamicTest(variant.name(), () -> expectation.of(run(pass, variant, workload))));
    }

    private static Map<String, Object> run(Mode pass, Variant variant, Workload workload) throws Exception {
        if (variant.unfit(workload) != null) {
            abort(variant.unfit(workload));
        }
        return unlessLibraryIsMissing(variant, () -> pass.run(variant, workload));
    }

    private static <T> T unlessLibraryIsMissing(Variant variant, Callable<T> call) throws Exception {
        try {
            return call.call();
        } catch (UnsupportedOperationException e) {
            if (needsLibrary(variant)) {
                abort(e.getMessage());
            }
            throw e;
        }
    }

    private static boolean needsLibrary(Variant variant) {
        return Stream.of("artemis-", "jasyncfio-", "lwjgl-").anyMatch(variant.name()::startsWith);
    }

    private static Workload workload(Operation operation, int depth, boolean random) {
        return workload(operation, depth, 1, random);
    }

    private static Workload workload(Operation operation, int depth, int threads, boolean random) {
        return new Workload(file, FILE_SIZE, BLOCK, depth, threads, operation, random, true, SHORT, 0, SHORT, 2, 1);
    }
}
