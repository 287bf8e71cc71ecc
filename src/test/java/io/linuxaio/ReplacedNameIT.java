package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioWriteOption;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are deleted after a failure, unless another process has taken their names before. */
@OnRealKernel
@Timeout(60)
class ReplacedNameIT {
    private static final byte[] FOREIGN = {7, 7, 7};

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private boolean takesTheName;
    private Path temporary;

    /** Returns the kernel, whose renames fail, after another process has taken the name if so set. */
    private Kernel kernel() {
        return KernelProxy.over(LinuxAio.kernel(), call -> {
            if (!call.is("rename")) {
                return call.proceed();
            }
            byte[] name = (byte[]) call.arguments()[0];
            temporary = Path.of(new String(name, StandardCharsets.UTF_8).replace("\0", ""));
            if (takesTheName) {
                // Kept under another name: its inode must not be that of the new file.
                Files.move(temporary, directory.resolve("moved"));
                Files.write(temporary, FOREIGN);
            }
            return -Errno.EIO;
        });
    }

    private List<String> replace() throws IOException {
        try (AioContext aio = AioContext.builder().queueDepth(2).open(kernel())) {
            CompletableFuture<Path> write =
                    AioFiles.using(aio).write(directory.resolve("file"), new byte[5000], AioWriteOption.ATOMIC_REPLACE);
            FakeKernelFixture.assertFailsWith(write, "EIO", 0);
        }
        try (Stream<Path> names = Files.list(directory)) {
            return names.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theFileOfAnotherProcessIsKept() throws IOException {
        takesTheName = true;
        assertThat(replace())
                .containsExactlyInAnyOrder("moved", temporary.getFileName().toString());
        assertThat(temporary).hasBinaryContent(FOREIGN);
    }

    @Test
    void itsOwnFileIsDeleted() throws IOException {
        assertThat(replace()).isEmpty();
    }

    /** Returns the kernel, which cannot tell the attributes of a file, after another process has taken the name if so set. */
    private Kernel withoutAttributes(Path path) {
        return KernelProxy.over(LinuxAio.kernel(), call -> {
            if (!call.is("statx")) {
                return call.proceed();
            }
            if (takesTheName) {
                Files.move(path, directory.resolve("moved"));
                Files.write(path, FOREIGN);
            }
            return -Errno.EIO;
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileThatCannotBeOpenedIsDeletedOnlyIfItIsTheOneCreated(boolean takes) throws IOException {
        takesTheName = takes;
        Path path = directory.resolve("file");
        try (AioContext aio = AioContext.builder().queueDepth(2).open(withoutAttributes(path))) {
            assertThatThrownBy(() -> aio.open(path, CREATE_NEW, WRITE)).isInstanceOf(AioException.class);
        }
        if (takes) {
            assertThat(path).hasBinaryContent(FOREIGN);
        } else {
            assertThat(path).doesNotExist();
        }
    }
}
