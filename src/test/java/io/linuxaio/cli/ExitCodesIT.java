package io.linuxaio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit codes of commands whose results cannot be printed: the same reason gives the same code. */
@OnRealKernel
class ExitCodesIT {
    private static final byte[] BYTES = Bytes.random(3, 5000);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @BeforeEach
    void makeFiles() throws IOException {
        Files.write(directory.resolve("src"), BYTES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "read src",
                "read --to f src",
                "write --size 1 f",
                "write -q --checksum --size 1 f",
                "copy src f",
                "info",
                "info .",
                "probe .",
                "probe --json .",
                "bench --size 1m --warmup 0 --runtime 100ms f",
                "bench --size 1m --warmup 0 --runtime 100ms --json f",
                "completion bash",
                "man",
                "--help",
                "--version",
                "write --help"
            })
    void aClosedPipeExitsWith141AndAnIoErrorWith1(String line) throws IOException, InterruptedException {
        AioProcess aio = AioProcess.in(directory);
        Process process = aio.start(Redirect.PIPE, line.split(" "));
        process.getInputStream().close();
        AioProcess.Result gone = aio.end(process);
        assertThat(gone.err().lines().filter(message -> message.startsWith("aio")))
                .isEmpty();
        assertThat(gone.exitCode()).isEqualTo(141);

        Files.deleteIfExists(directory.resolve("f"));
        Process full = aio.start(Redirect.to(Path.of("/dev/full").toFile()), line.split(" "));
        AioProcess.Result unprinted = aio.end(full);
        assertThat(unprinted.err().lines().filter(message -> message.startsWith("aio")))
                .singleElement()
                .asString()
                .contains("standard output", "No space left on device");
        assertThat(unprinted.exitCode()).isEqualTo(1);
        assertThat(directory.resolve("src")).hasBinaryContent(BYTES);
    }
}
