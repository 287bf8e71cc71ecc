package io.linuxaio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Signals;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code aio bench}, which measures and leaves foreign files unchanged. */
@OnRealKernel
class BenchIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private AioProcess.Result bench(String options) throws IOException, InterruptedException {
        return AioProcess.in(directory).run(("bench --warmup 0 --runtime 300ms " + options).split(" "));
    }

    private AioProcess.Result succeed(String options) throws IOException, InterruptedException {
        AioProcess.Result result = bench(options);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return result;
    }

    private void assumeMarks() throws IOException {
        Assumptions.assumeTrue(
                Files.getFileStore(directory).supportsFileAttributeView("user"),
                "there are no extended attributes to know one's own files by");
    }

    @Test
    void aFileIsCreatedAndRecognised() throws IOException, InterruptedException {
        assumeMarks();
        String out = succeed("--rw randrw --size 1m --seed 7 f").out();

        assertThat(out)
                .containsPattern("file +f, 1\\.0 MiB of it, \\w+")
                .containsPattern(
                        "workload +randrw \\(50 % read\\), blocks of 4\\.0 KiB, 32 in flight.*AioQueue, seed 7")
                .containsPattern("read +\\d+ operations, \\d+ IOPS, .* MB/s")
                .containsPattern("write +\\d+ operations, \\d+ IOPS, .* MB/s")
                .containsPattern("latency +mean .* p99\\.9 .* max ")
                .containsPattern("processor +\\d+\\.\\d+ us per operation");
        assertThat(Files.size(directory.resolve("f"))).isEqualTo(1 << 20);
        succeed("--rw write --block-size 64k f");
        succeed("--rw randwrite --size 2m f");
        assertThat(Files.size(directory.resolve("f"))).isEqualTo(2 << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue", "futures"})
    void theFileIsSyncedAfterEveryNWrites(String engine) throws IOException, InterruptedException {
        String out = succeed("--rw randwrite --size 1m --fsync 4 --engine " + engine + " f")
                .out();

        assertThat(out)
                .containsPattern("workload .*, fsync after every 4 writes")
                .containsPattern("fsync +[1-9]\\d* syncs, \\d+ per second\n +latency +mean ");
        assertThat(succeed("--rw randwrite --fsync 1 --json f").out())
                .containsPattern("\"fsync\": 1,")
                .containsPattern("\"sync\": \\{\\s+\"operations\": [1-9]");
    }

    @Test
    void aForeignFileIsOverwrittenOnlyWithForce() throws IOException, InterruptedException {
        byte[] bytes = Bytes.random(1, 64 << 10);
        Path file = Files.write(directory.resolve("f"), bytes);

        AioProcess.Result refused = bench("--rw randwrite f");
        assertThat(refused.err()).hasLineCount(1).contains("f: it exists", "--force overwrites");
        assertThat(refused.exitCode()).isEqualTo(1);
        succeed("--rw randread f");
        assertThat(file).hasBinaryContent(bytes);

        succeed("--rw write --force f");
        assertThat(Files.readAllBytes(file)).hasSameSizeAs(bytes).isNotEqualTo(bytes);
        // It is theirs all the same.
        assertThat(bench("--rw write f").exitCode()).isEqualTo(1);
    }

    @Test
    void aFileModifiedSinceIsForeign() throws IOException, InterruptedException {
        succeed("--size 1m f");
        byte[] bytes = Bytes.random(1, 1 << 20);
        Path file = Files.write(directory.resolve("f"), bytes);

        assertThat(bench("--rw write f").err()).contains("has been written to since");
        assertThat(bench("--size 2m f").err()).contains("less than --size 2.0 MiB");
        assertThat(file).hasBinaryContent(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue", "futures"})
    void onlyJsonIsOnStandardOutput(String engine) throws IOException, InterruptedException {
        AioProcess.Result result =
                succeed("--rw randrw --mix 70 --rate 100 --size 1m --json -q --seed 7 --engine " + engine + " f");

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .startsWith("{\n")
                .endsWith("}\n")
                .contains("\"format\": 1", "\"interrupted\": false", "\"engine\": \"" + engine + "\"", "\"seed\": 7")
                .contains("\"readPercent\": 70", "\"rate\": 100", "\"blockSize\": 4096", "\"depth\": 32")
                .containsPattern("\"p99\\.9\": \\d+");
    }

    @Test
    void anInterruptEndsTheRunAndReportsTheMeasurements() throws Exception {
        Signals.assumeHeeded(Signals.INT);
        assumeMarks();
        succeed("--rw randwrite --size 1m f");
        Path file = directory.resolve("f");
        FileTime before = Files.getLastModifiedTime(file);
        AioProcess aio = AioProcess.in(directory);
        Process process = aio.start(
                Redirect.to(directory.resolve("stdout").toFile()),
                "bench",
                "--rw=randwrite",
                "--warmup=0",
                "--runtime=1h",
                "-q",
                "f");
        Await.until("blocks are written", () -> !lastChange(file).equals(before));
        Command.succeed("kill", "-INT", Long.toString(process.pid()));

        AioProcess.Result result = aio.end(process);
        assertThat(result.out())
                .containsPattern("INTERRUPTED +before the time was over")
                .containsPattern("write +\\d+ operations");
        assertThat(result.exitCode()).isEqualTo(130);
        succeed("--rw write f");
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void anInterruptWhileTheFileIsFilledLeavesNoFile(String signal, int exitCode) throws Exception {
        Signals.assumeHeeded(Signals.INT);
        Path file = directory.resolve("f");
        AioProcess aio = AioProcess.in(directory);
        Process process = aio.start(Redirect.DISCARD, "bench", "-q", "--size=1g", "f");
        Await.until("the file is being filled", () -> Files.exists(file));
        Command.succeed("kill", "-" + signal, Long.toString(process.pid()));

        AioProcess.Result result = aio.end(process);
        assertThat(result.err()).isEqualTo("aio bench: interrupted while f was being filled; it is removed\n");
        assertThat(result.exitCode()).isEqualTo(exitCode);
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactly(directory.resolve("stderr"));
        }
    }

    private static FileTime lastChange(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
