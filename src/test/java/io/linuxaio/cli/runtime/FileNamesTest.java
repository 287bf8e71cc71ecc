package io.linuxaio.cli.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Names of files as bytes: any of them survives a round trip through a string, and none controls the terminal. */
class FileNamesTest {
    private static final byte[] LATIN = {'c', 'a', 'f', (byte) 0xE9};

    private final FileNames names = new FileNames();

    @Test
    void anyBytesSurviveTheRoundTripThroughAString() {
        Random random = new Random(1);
        for (int round = 0; round < 10_000; round++) {
            byte[] name = new byte[random.nextInt(12)];
            random.nextBytes(name);
            assertThat(FileNames.encode(FileNames.decode(name))).isEqualTo(name);
        }
        byte[] text = "é, 日本, 🙂".getBytes(StandardCharsets.UTF_8);
        assertThat(FileNames.decode(text)).isEqualTo("é, 日本, 🙂");
        assertThat(FileNames.encode("é, 日本, 🙂")).isEqualTo(text);
    }

    @Test
    void aPathHasTheBytesOfTheName() {
        Path path = names.convert(FileNames.decode(LATIN));

        assertThat(path.isAbsolute()).isFalse();
        assertThat(path.toUri().getRawPath()).endsWith("/caf%E9");
        assertThat(names.name(path)).isEqualTo("caf\udce9");
        assertThat(names.convert("/" + FileNames.decode(LATIN) + "//x").toUri().getRawPath())
                .isEqualTo("/caf%E9/x");
        assertThat(names.convert("a/é").toString()).isEqualTo("a/é");
    }

    @Test
    void aMessageShowsTheNameAsTyped() {
        Path path = names.convert(FileNames.decode(LATIN));

        assertThat(names.printable(path + ": no such file", StandardCharsets.UTF_8))
                .isEqualTo("caf\\xe9: no such file");
    }

    @Test
    void controlCharactersAreShownAsBytes() {
        assertThat(FileNames.escape("a\033[31m\r\n\t\u007f\u009b\u202eb", StandardCharsets.UTF_8))
                .isEqualTo("a\\x1b[31m\\r\\n\\t\\x7f\\xc2\\x9b\\xe2\\x80\\xaeb");
        assertThat(FileNames.escape("é 🙂", StandardCharsets.UTF_8)).isEqualTo("é 🙂");
        assertThat(FileNames.escape("é", StandardCharsets.US_ASCII)).isEqualTo("\\xc3\\xa9");
    }

    @Test
    void aTrailingSlashRequiresADirectory() throws IOException {
        names.checkFile(names.convert("/tmp/"));
        assertThatThrownBy(() -> names.checkFile(names.convert("/tmp/no-such-directory/")))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("ends in a slash");
    }

    @Test
    void argumentsAreTheBytesOfTheCommandLine() throws IOException {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        raw.writeBytes("java\0-jar\0aio.jar\0read\0".getBytes(StandardCharsets.US_ASCII));
        raw.writeBytes(LATIN);
        raw.write(0);

        for (Charset charset : new Charset[] {StandardCharsets.UTF_8, StandardCharsets.US_ASCII}) {
            String[] decoded = {"read", new String(LATIN, charset)};
            assertThat(Arguments.exact(decoded, raw.toByteArray(), charset)).containsExactly("read", "caf\udce9");
        }
    }

    @Test
    void ambiguousArgumentsFromElsewhereAreRefused() throws IOException {
        byte[] raw = "java\0@arguments\0".getBytes(StandardCharsets.US_ASCII);

        assertThat(Arguments.exact(new String[] {"read", "é?"}, raw, StandardCharsets.UTF_8))
                .containsExactly("read", "é?");
        assertThatThrownBy(() -> Arguments.exact(new String[] {"caf\ufffd"}, raw, StandardCharsets.UTF_8))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("argument 1 is not text in this locale");
    }
}
