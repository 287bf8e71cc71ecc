package io.linuxaio.cli.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

/** The messages of failures: one line that names the file or option. */
class FailuresTest {
    @Test
    void aMissingFileIsDistinguishedFromAMissingDirectory() {
        assertThat(Failures.line(new NoSuchFileException("/tmp/no-such-file-here")))
                .isEqualTo("/tmp/no-such-file-here: no such file");
        assertThat(Failures.line(new NoSuchFileException("/no/such/file")))
                .isEqualTo("/no/such/file: there is no directory /no/such (mkdir -p creates it)");
    }

    @Test
    void permissionsNameTheFile() {
        assertThat(Failures.line(new AccessDeniedException("f"))).startsWith("f: permission denied");
    }

    @Test
    void anExistingFileNamesTheOptionThatReplacesIt() {
        assertThat(Failures.line(new FileAlreadyExistsException("f")))
                .isEqualTo("f: exists already; --force replaces it");
    }

    @Test
    void theReasonOfAFileSystemIsShown() {
        assertThat(Failures.line(new FileSystemException("f", null, "Is a directory")))
                .isEqualTo("f: Is a directory");
    }

    @Test
    void linesAreJoined() {
        assertThat(Failures.line(new UncheckedIOException(new IOException("one\n  two\n"))))
                .isEqualTo("one; two");
    }

    @Test
    void outOfMemoryNamesTheOptionsThatUseIt() {
        assertThat(Failures.line(new OutOfMemoryError("Java heap space"))).contains("--depth", "--block-size");
    }

    @Test
    void anUnexpectedErrorSaysHowToSeeMore() {
        assertThat(Failures.line(new IllegalStateException("odd"))).contains("odd", "AIO_DEBUG=1");
    }

    @Test
    void remediesNameOptionsOfTheCommand() {
        assertThat(Failures.words("open of f: EINVAL; remedy: open it with AioOpenOption.BUFFERED"))
                .startsWith("open of f: EINVAL; remedy: give --buffered")
                .doesNotContain("AioOpenOption");
        assertThat(Failures.words("write of f: ENOSPC; remedy: free space"))
                .isEqualTo("write of f: ENOSPC; remedy: free space");
    }
}
