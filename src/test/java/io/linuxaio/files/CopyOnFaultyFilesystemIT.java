package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.linuxaio.AioException;
import io.linuxaio.filesystems.OnFaultyFilesystem;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.fuse.FaultyFilesystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Copies whose blocks fail or are late. */
@OnRealKernel
@Tag("own-volumes")
@Timeout(60)
class CopyOnFaultyFilesystemIT extends OnFaultyFilesystem {
    private Path target;

    @BeforeEach
    void name() throws Exception {
        target = faulty.path().resolve("target");
        Files.deleteIfExists(target);
    }

    private CompletableFuture<Long> copy(AioCopyOption... options) {
        return AioFiles.using(aio).withBlockSize(BLOCK).withDepth(4).copy(file.path(), target, (_, _) -> {}, options);
    }

    private void assertFailsWithEio(AioCopyOption... options) {
        assertThat(catchThrowable(() -> copy(options).join()))
                .cause()
                .isInstanceOfSatisfying(
                        AioException.class, e -> assertThat(e.errnoName()).isEqualTo("EIO"));
        assertThat(target).doesNotExist();
    }

    @Test
    void aFileIsCopiedWholeIfTheFilesystemReportsNoHoles() {
        assertThat(copy().join()).isEqualTo(LENGTH);
        assertThat(target).hasBinaryContent(contents);
    }

    @Test
    void anUnreadableBlockLeavesNoCopy() {
        faulty.fail("READ", FaultyFilesystem.EIO, 9);
        assertFailsWithEio();
    }

    @Test
    void anUnwritableBlockLeavesNoCopy() {
        faulty.fail("WRITE", FaultyFilesystem.EIO, 9);
        assertFailsWithEio();
    }

    @Test
    void aFailedSyncLeavesNoCopy() {
        faulty.fail("FSYNC", FaultyFilesystem.EIO, 0);
        assertFailsWithEio(AioCopyOption.DSYNC);
        faulty.fail("FSYNC", FaultyFilesystem.EIO, 0);
        assertFailsWithEio(AioCopyOption.SYNC);
    }

    @Test
    void aCancelledCopyIsRemovedWhenItsBlocksHaveCompleted() {
        faulty.hold("READ");
        CompletableFuture<Long> copy = copy();
        faulty.awaitHeld(2);

        assertThat(copy.cancel(true)).isTrue();
        // Operations in flight still use the memory of the copy, and the file stays until they complete.
        assertThat(target).exists();
        faulty.release();

        Await.until("the partial copy is removed", () -> Files.notExists(target));
    }
}
