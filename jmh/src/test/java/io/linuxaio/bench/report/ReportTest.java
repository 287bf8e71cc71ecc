package io.linuxaio.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report: a table for each number of threads, with ratios to the C program of as many threads. */
class ReportTest {
    @TempDir
    private static Path directory;

    private static List<String> table;

    @BeforeAll
    static void write() throws IOException {
        System.setProperty("java.awt.headless", "true");
        Files.write(
                directory.resolve(Report.RAW),
                List.of(
                        "{\"type\":\"start\",\"rounds\":1}",
                        line("c-one", "c", 32, 2, 400),
                        line("queue-one", "linux-aio", 32, 2, 600).replace("}", ",\"jvm_ns\":[60]}"),
                        line("c-one", "c", 32, 1, 1000),
                        line("queue-one", "linux-aio", 32, 1, 1100).replace("}", ",\"jvm_ns\":[55]}"),
                        // A line from before the number of threads was recorded.
                        line("c-one", "c", 8, 1, 1000).replace(",\"threads\":1", ""),
                        "{\"type\":\"end\",\"complete\":true}"));
        Report.write(directory);
        table = Files.readAllLines(directory.resolve(Report.TABLE));
    }

    @Test
    void eachNumberOfThreadsHasAHeading() {
        assertThat(table)
                .filteredOn(line -> line.startsWith("## "))
                .contains(
                        "## Memory random read, 4 KiB, depth 8",
                        "## Memory random read, 4 KiB, depth 32",
                        "## Memory random read, 4 KiB, depth 32, 2 threads");
    }

    @Test
    void ratiosCompareEqualNumbersOfThreads() {
        assertThat(below("## Memory random read, 4 KiB, depth 32"))
                .anyMatch(line -> line.startsWith("| queue-one | c-one | 1.10 [1.10–1.10] | 1,100 |"));
        assertThat(below("## Memory random read, 4 KiB, depth 32, 2 threads"))
                .anyMatch(line -> line.startsWith("| queue-one | c-one | 1.50 [1.50–1.50] | 600 |"));
    }

    @Test
    void aRowWithMuchCompilationSaysSo() {
        assertThat(below("## Memory random read, 4 KiB, depth 32, 2 threads"))
                .contains("- queue-one: 10 % of its processor time was compilation and garbage collection: give more"
                        + " --warm-up-operations");
        assertThat(below("## Memory random read, 4 KiB, depth 32")).noneMatch(line -> line.contains("compilation"));
    }

    @Test
    void eachNumberOfThreadsHasItsPlots() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            assumeTrue(files.anyMatch(each -> each.toString().endsWith(".png")), "this JDK has no java.desktop");
        }
        assertThat(directory)
                .isDirectoryContaining("glob:**/ratio-memory-random-read-4-KiB-depth-32.png")
                .isDirectoryContaining("glob:**/ratio-memory-random-read-4-KiB-depth-32-2-threads.png")
                .isDirectoryContaining("glob:**/threads-memory-random-read-4-KiB-depth-32.png")
                .isDirectoryContaining("glob:**/processor-memory-random-read-4-KiB.png");
    }

    @Test
    void resultsNameTheNumberOfThreads() throws IOException {
        assertThat(Files.readString(directory.resolve("results.json")))
                .contains("\"threads\" : 1")
                .contains("\"threads\" : 2");
    }

    private static List<String> below(String heading) {
        int start = table.indexOf(heading) + 1;
        assertThat(start).as(heading).isPositive();
        List<String> rest = table.subList(start, table.size());
        return rest.stream().takeWhile(line -> !line.startsWith("## ")).toList();
    }

    private static String line(String contender, String group, int depth, int threads, int nanos) {
        return String.format(
                "{\"type\":\"result\",\"pass\":\"measure\",\"round\":1,\"target\":\"memory\",\"operation\":\"read\","
                        + "\"random\":true,\"direct\":true,\"block\":4096,\"depth\":%d,\"threads\":%d,"
                        + "\"contender\":\"%s\",\"group\":\"%s\",\"reference\":\"c-one\","
                        + "\"wall_ns\":[%d],\"processor_ns\":[%d]}",
                depth, threads, contender, group, nanos, nanos);
    }
}
