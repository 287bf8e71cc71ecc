package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A file that the kernel opens with {@code O_DIRECT} and then reads and writes through the page cache. */
class NoDirectIoTest extends FakeKernelFixture {
    @Test
    void aFileThatReportsNoDirectIoIsRefusedAndNotLeftBehind() {
        kernel.alignment(0, 0);

        assertThatThrownBy(() -> AioFile.open(kernel, null, PATH, Set.of(WRITE, CREATE)))
                .isInstanceOf(AioException.class)
                .hasMessageContaining("O_DIRECT");
        assertThat(contents()).isNull();
    }

    @Test
    void aFileIsOpenedBufferedIfBufferedIsAllowed() throws IOException {
        kernel.alignment(0, 0);

        try (AioFile file =
                AioFile.open(kernel, null, PATH, Set.of(WRITE, CREATE, AioOpenOption.DIRECT_IF_SUPPORTED))) {
            assertThat(file.isDirect()).isFalse();
            assertThat(file.alignment()).isEqualTo(new AioAlignment(1, 1));
        }
    }
}
