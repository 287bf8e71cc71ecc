package io.linuxaio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.cli.transfer.GeneratedData;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands {@code aio write} and {@code aio read}, which transfer any number of bytes unchanged. */
@OnRealKernel
class AioTransferIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private byte[] source(int length) throws IOException {
        byte[] bytes = Bytes.random(length, length);
        Files.write(directory.resolve("src"), bytes);
        return bytes;
    }

    private AioProcess.Result succeed(AioProcess process, String... args) throws IOException, InterruptedException {
        AioProcess.Result result = process.run(args);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return result;
    }

    private AioProcess.Result succeed(String... args) throws IOException, InterruptedException {
        return succeed(AioProcess.in(directory), args);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 4095, 4096, (1 << 20) + 777, (9 << 20) + 1})
    void anyNumberOfBytesIsWrittenAndRead(int length) throws IOException, InterruptedException {
        byte[] bytes = source(length);

        succeed("write", "--from", "src", "--verify", "dst");
        assertThat(directory.resolve("dst")).hasBinaryContent(bytes);

        assertThat(succeed("read", "dst").data()).isEqualTo(bytes);

        succeed("read", "--to", "copy", "--verify", "--sync", "dst");
        assertThat(directory.resolve("copy")).hasBinaryContent(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--block-size=512 --depth=1", "--block-size=1536 --depth=3", "--block-size=64k --depth=64"})
    void blockSizeAndDepthDoNotChangeTheFile(String options) throws IOException, InterruptedException {
        byte[] bytes = source(300_001);

        String[] shape = options.split(" ");
        succeed("write", "--from", "src", "--verify", "--sync", shape[0], shape[1], "dst");
        assertThat(directory.resolve("dst")).hasBinaryContent(bytes);
        assertThat(succeed("read", shape[0], shape[1], "dst").data()).isEqualTo(bytes);
    }

    @Test
    void aShorterFileReplacesALongerOne() throws IOException, InterruptedException {
        Files.write(directory.resolve("dst"), new byte[50_000]);
        byte[] bytes = source(777);

        succeed("write", "--from", "src", "dst");
        assertThat(directory.resolve("dst")).hasBinaryContent(bytes);
    }

    @Test
    void generatedBytesDependOnTheirPosition() throws IOException, InterruptedException {
        byte[] expected = new byte[1_500_001];
        GeneratedData.fill(MemorySegment.ofArray(expected), 0);

        AioProcess.Result result = succeed("write", "--size", "1500001", "--verify", "dst");
        assertThat(directory.resolve("dst")).hasBinaryContent(expected);
        assertThat(result.out())
                .containsPattern("dst: 1500001 bytes \\(1\\.4 MiB\\) written in .* s, .* MB/s")
                .containsPattern("verified: 1\\.4 MiB read back in .* MB/s, every byte as written");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void standardInputIsWritten() throws Exception {
        byte[] bytes = source(700_001);
        AioProcess aio = AioProcess.in(directory).inputByPipe();
        Process process = aio.start(Redirect.DISCARD, "write", "--verify", "dst");
        try (OutputStream input = process.getOutputStream()) {
            for (int from = 0; from < bytes.length; from += 70_000) {
                input.write(bytes, from, Math.min(70_000, bytes.length - from));
                input.flush();
            }
        }

        assertThat(aio.end(process).exitCode()).isZero();
        assertThat(directory.resolve("dst")).hasBinaryContent(bytes);
    }

    @Test
    void sizeLimitsTheTransferToTheBeginning() throws IOException, InterruptedException {
        byte[] beginning = Arrays.copyOf(source(10_000), 4097);

        succeed("write", "--from", "src", "--size", "4097", "--verify", "dst");
        assertThat(directory.resolve("dst")).hasBinaryContent(beginning);
        succeed(
                AioProcess.in(directory).input(directory.resolve("src")),
                "write",
                "--from",
                "-",
                "--size",
                "4097",
                "dst2");
        assertThat(directory.resolve("dst2")).hasBinaryContent(beginning);
        assertThat(succeed("read", "--size", "4097", "src").data()).isEqualTo(beginning);
    }

    @ParameterizedTest
    @CsvSource({"0, 10", "1, 1", "4095, 2", "4096, 4096", "70001, 5", "69999, 100", "500, 70000"})
    void offsetAndLengthSelectAPart(int offset, int length) throws IOException, InterruptedException {
        byte[] bytes = source(70_001);
        byte[] part = Arrays.copyOfRange(bytes, offset, Math.min(bytes.length, offset + length));
        String at = "--offset=" + offset;
        String count = "--length=" + length;

        assertThat(succeed("read", at, count, "src").data()).isEqualTo(part);
        succeed("read", at, count, "--to", "dst", "--verify", "--block-size=512", "src");
        assertThat(directory.resolve("dst")).hasBinaryContent(part);

        byte[] expected = Bytes.random(3, 80_000);
        Files.write(directory.resolve("whole"), expected);
        System.arraycopy(bytes, 0, expected, offset, Math.min(length, bytes.length));
        succeed("write", "--from=src", at, count, "--verify", "--sync", "--block-size=512", "whole");
        assertThat(directory.resolve("whole")).hasBinaryContent(expected);
        succeed("write", "--from=src", at, count, "--verify", "--buffered", "whole");
        assertThat(directory.resolve("whole")).hasBinaryContent(expected);
    }

    @Test
    void aPartIsWrittenBehindTheEndOfAFileAndIntoAMissingOne() throws IOException, InterruptedException {
        byte[] bytes = source(5000);
        byte[] expected = new byte[15_000];
        System.arraycopy(bytes, 0, expected, 10_000, 5000);

        succeed("write", "--from=src", "--offset=10000", "--verify", "missing");
        assertThat(directory.resolve("missing")).hasBinaryContent(expected);
        Files.write(directory.resolve("short"), Arrays.copyOf(expected, 1));
        succeed("write", "--from=src", "--offset=10000", "--verify", "short");
        assertThat(directory.resolve("short")).hasBinaryContent(expected);
    }

    @Test
    void anOffsetBehindTheEndIsAFailure() throws IOException, InterruptedException {
        source(5000);
        Files.writeString(directory.resolve("dst"), "unchanged");

        AioProcess.Result result = AioProcess.in(directory).run("read", "--offset=5001", "--to=dst", "src");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).hasLineCount(1).contains("src: --offset 5001 is behind its end: it has 5000 bytes");
        assertThat(directory.resolve("dst")).hasContent("unchanged");
    }

    @Test
    void quietPrintsOnlyTheChecksum() throws Exception {
        byte[] bytes = source(70_001);
        String line =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)) + "  dst\n";

        AioProcess.Result written = succeed("write", "-q", "--checksum", "--from", "src", "dst");
        assertThat(written.out()).isEqualTo(line);
        assertThat(written.err()).isEmpty();
        // The data uses standard output here.
        AioProcess.Result read = succeed("read", "-q", "--checksum=sha256", "dst");
        assertThat(read.data()).isEqualTo(bytes);
        assertThat(read.err()).isEqualTo(line);
    }

    @Test
    void infoPrintsJson() throws IOException, InterruptedException {
        String out = succeed("info", "--json", ".").out();

        assertThat(out)
                .startsWith("{")
                .containsPattern("\"format\": 1,")
                .containsPattern("\"command\": \"info\"")
                .containsPattern("\"backend\": \"" + System.getProperty("io.linuxaio.backend") + "\"")
                .containsPattern("\"limits\": \\{\\s+\"max\": \\d+,\\s+\"used\": \\d+,\\s+\"free\": \\d+\\s+}")
                .containsPattern("\"works\": true,\\s+\"problem\": null")
                .containsPattern("\"path\": \\{\\s+\"name\": \"\\.\"")
                .containsPattern("\"directIo\": true");
        assertThat(succeed("info", "--json").out()).containsPattern("\"path\": null");
    }

    @Test
    void infoReportsTheFeaturesOfTheHost() throws IOException, InterruptedException {
        String out = succeed("info", ".").out();

        assertThat(out)
                .containsPattern("backend +" + System.getProperty("io.linuxaio.backend") + " \\(")
                .containsPattern("kernel +" + System.getProperty("os.version"))
                .containsPattern("aio-max-nr +\\d+, of which \\d+ are used")
                .containsPattern("filesystem +\\w+")
                .containsPattern("O_DIRECT +works")
                .containsPattern("alignment +memory \\d+, position and length \\d+")
                .containsPattern("AIO there +works");
        // The probe file is removed.
        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactly("stderr", "stdout");
        }
    }
}
