package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeOutcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exceptions made from error numbers, with the types and fields of {@code java.nio.file}. */
class AioExceptionTest extends FakeKernelFixture {
    private static final Path FILE = Path.of("/data/log");

    @Test
    void aFailureHasTheFileTheReasonAndTheHint() throws IOException {
        AioFile file = file(open(AioContext.builder()));
        kernel.script(FakeOutcome.error(Errno.ENOSPC));

        assertThat(failure(file.write(block(1), 0))).isInstanceOfSatisfying(FileSystemException.class, e -> {
            assertThat(e.getFile()).isEqualTo(PATH.toString());
            assertThat(e.getOtherFile()).isNull();
            assertThat(e.getReason()).isEqualTo("ENOSPC, no space left on device (4096 bytes at position 0)");
            assertThat(e)
                    .hasMessage("write of " + PATH + ": ENOSPC, no space left on device (4096 bytes at position 0);"
                            + " remedy: free space on the filesystem");
        });
    }

    @Test
    void anErrorNumberOfAQueueBecomesAnException() {
        AioException failure = AioException.of("read", FILE, 5);

        assertThat(failure.operation()).isEqualTo("read");
        assertThat(failure.errno()).isEqualTo(5);
        assertThat(failure.errnoName()).isEqualTo("EIO");
        assertThat(failure.hint()).contains("dmesg");
        assertThat(failure.bytesTransferred()).isZero();
        assertThat(failure).hasMessage("read of /data/log: EIO, input/output error; remedy: " + failure.hint());
    }

    @Test
    void theMessageNamesNoFileIfThereIsNone() {
        assertThat(AioException.of("io_submit", null, Errno.EINVAL)).hasMessage("io_submit: EINVAL, invalid argument");
        assertThat(AioException.of("io_submit", null, Errno.EINVAL).getFile()).isNull();
    }

    @Test
    void thereIsNoHintIfNoRemedyIsKnown() {
        assertThat(AioException.of("read", FILE, Errno.EINVAL).hint()).isNull();
    }

    @Test
    void anErrorNumberWithoutANameIsPrintedAsANumber() {
        assertThat(AioException.of("read", FILE, 3000).errnoName()).isEqualTo("errno 3000");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -5, Integer.MIN_VALUE})
    void onlyPositiveErrorNumbersAreAccepted(int errno) {
        assertThatThrownBy(() -> AioException.of("read", FILE, errno)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void failuresWithAJdkExceptionTypeKeepThatType() {
        assertThat(Errors.ofFile("open", FILE, Errno.ENOENT)).isExactlyInstanceOf(NoSuchFileException.class);
        assertThat(Errors.ofFile("open", FILE, Errno.EACCES)).isExactlyInstanceOf(AccessDeniedException.class);
        assertThat(Errors.ofFile("open", FILE, Errno.EEXIST)).isExactlyInstanceOf(FileAlreadyExistsException.class);
        assertThat(Errors.ofFile("open", FILE, Errno.EMFILE)).isExactlyInstanceOf(AioException.class);
    }

    @Test
    void isSerializable() throws Exception {
        AioException failure = AioException.of("sync", FILE, Errno.EIO);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(failure);
        }

        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            AioException received = (AioException) in.readObject();
            assertThat(received).hasMessage(failure.getMessage());
            assertThat(received.getFile()).isEqualTo(FILE.toString());
            assertThat(received.errnoName()).isEqualTo("EIO");
        }
    }
}
