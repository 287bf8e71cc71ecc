package io.linuxaio.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioContext;
import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.CommandFailure;
import io.linuxaio.cli.runtime.ExitCode;
import io.linuxaio.cli.runtime.ShutdownSignal;
import io.linuxaio.cli.transfer.Checksum;
import io.linuxaio.cli.transfer.Digests;
import io.linuxaio.cli.transfer.TransferOptions;
import io.linuxaio.cli.transfer.WriteCommand;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The option {@code --verify}, which reads the file back and has its own exit code for differing bytes. */
@OnRealKernel
class ReadBackIT {
    private static final byte[] WRITTEN = Bytes.random(3, 1_000_001);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private WriteCommand command;
    private Path file;

    @BeforeEach
    void prepare() throws Exception {
        PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
        command = new WriteCommand(new CommandContext(new ShutdownSignal(), printed, printed, false, false));
        command.options = new TransferOptions();
        command.options.requests.blockSize = 4096;
        command.options.requests.depth = 4;
        file = Files.write(directory.resolve("f"), WRITTEN);
    }

    private static Map<Checksum, String> digests(byte[] bytes) {
        Digests digests = new Digests(Set.of(Checksum.SHA256));
        digests.update(ByteBuffer.wrap(bytes));
        return digests.hex();
    }

    private void verify(byte[] source) throws Exception {
        try (AioContext aio = command.options.openContext()) {
            command.verify(
                    aio,
                    file,
                    WRITTEN.length,
                    digests(WRITTEN),
                    source == null ? null : Channels.newChannel(new ByteArrayInputStream(source)));
        }
    }

    private void assertMismatch(byte[] source, String words) {
        assertThatThrownBy(() -> verify(source))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.MISMATCH))
                .hasMessageContainingAll("verification failed: ", words);
        assertThat(out.size()).isZero();
    }

    private void changeByte(int position) throws Exception {
        byte[] changed = WRITTEN.clone();
        changed[position] ^= 1;
        Files.write(file, changed);
    }

    @Test
    void unchangedBytesPass() throws Exception {
        verify(WRITTEN);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("every byte as written");
        verify(null);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("checksum as written");
    }

    @Test
    void aDifferingByteIsNamed() throws Exception {
        changeByte(777_777);

        assertMismatch(WRITTEN, "first at byte 777777");
    }

    @Test
    void theChecksumIsComparedWithoutASource() throws Exception {
        changeByte(777_777);

        assertMismatch(null, "its checksum differs");
    }

    @Test
    void aTruncatedFileIsDetected() throws Exception {
        Files.write(file, java.util.Arrays.copyOf(WRITTEN, 512));

        assertMismatch(WRITTEN, "ends after 512 bytes");
    }
}
