package io.linuxaio.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.ShutdownSignal;
import io.linuxaio.cli.runtime.StoppedException;
import io.linuxaio.testing.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verification, which reports the first byte that differs. */
class VerificationTest {
    private static final int LENGTH = 2 * TransferLoop.BUFFER_SIZE + 777;
    private static final byte[] WRITTEN = Bytes.random(7, LENGTH);

    private final ShutdownSignal stop = new ShutdownSignal();
    private final Digests digests = new Digests(Set.of(Checksum.CRC32C));

    private static ReadableByteChannel channel(byte[] bytes) {
        return Channels.newChannel(new ByteArrayInputStream(bytes));
    }

    private Verification verify(byte[] found, byte[] wanted) throws IOException {
        CommandContext session =
                new CommandContext(stop, new PrintStream(System.out), new PrintStream(System.err), false, false);
        Progress silent = Progress.of(session, true, new ProgressLine("verifying", LENGTH));
        Verification verification = new Verification(stop, silent, Path.of("dst"), "dst", -1, LENGTH);
        verification.run(channel(found), digests, wanted == null ? null : channel(wanted));
        return verification;
    }

    @Test
    void identicalBytesPass() throws IOException {
        assertThat(verify(WRITTEN, WRITTEN).checked()).isEqualTo(LENGTH);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, TransferLoop.BUFFER_SIZE - 1, TransferLoop.BUFFER_SIZE, LENGTH - 1})
    void namesTheFirstByteThatDiffers(int where) {
        byte[] found = WRITTEN.clone();
        found[where] ^= 1;
        found[LENGTH - 1] ^= 4;

        assertThatThrownBy(() -> verify(found, WRITTEN))
                .isInstanceOf(MismatchException.class)
                .hasMessage("dst differs from what was written, first at byte " + where);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, TransferLoop.BUFFER_SIZE, LENGTH - 1})
    void aFileThatEndsEarlyFails(int length) {
        assertThatThrownBy(() -> verify(Arrays.copyOf(WRITTEN, length), WRITTEN))
                .isInstanceOf(MismatchException.class)
                .hasMessage("dst ends after " + length + " bytes, " + LENGTH + " were written");
    }

    @Test
    void aFileThatIsLongerFails() {
        assertThatThrownBy(() -> verify(Arrays.copyOf(WRITTEN, LENGTH + 1), null))
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("longer than the " + LENGTH);
    }

    @Test
    void aSourceThatShrankIsReported() {
        assertThatThrownBy(() -> verify(WRITTEN, Arrays.copyOf(WRITTEN, 1000)))
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("first at byte 1000, where the source now ends");
    }

    @Test
    void digestsAreComparedWithoutASource() throws IOException {
        verify(WRITTEN, null);
        Digests wanted = new Digests(Set.of(Checksum.CRC32C));
        wanted.update(java.nio.ByteBuffer.wrap(WRITTEN));

        assertThat(digests.hex()).isEqualTo(wanted.hex());
    }

    @Test
    void stopsOnAShutdownSignal() {
        assertThatCode(stop::request).doesNotThrowAnyException();

        assertThatThrownBy(() -> verify(WRITTEN, WRITTEN)).isInstanceOf(StoppedException.class);
    }
}
