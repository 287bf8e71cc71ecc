package io.linuxaio.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** Checksums, which equal those of other tools. */
class DigestsTest {
    @Test
    void knownValues() {
        Digests digests = new Digests(EnumSet.allOf(Checksum.class));
        ByteBuffer data = ByteBuffer.wrap("123456789".getBytes(StandardCharsets.US_ASCII));
        digests.update(data);

        assertThat(data.remaining()).isEqualTo(9);
        assertThat(digests.hex())
                .containsEntry(Checksum.CRC32C, "e3069283")
                .containsEntry(Checksum.SHA256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
    }

    @Test
    void linesHaveTheFormatOfSha256sum() {
        assertThat(Digests.line("ab", "a file")).isEqualTo("ab  a file");
        assertThat(Digests.line("ab", "a\\b\nc")).isEqualTo("\\ab  a\\\\b\\nc");
    }
}
