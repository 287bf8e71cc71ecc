package io.linuxaio.artemis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Descriptors;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioContext;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioFile;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The contract of files: opening, locks, sizes, filling, and what is reported for mistakes and full disks. */
@OnRealKernel
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LibaioFileIT {
    private static final int BLOCK = 4096;
    private static final int EFAULT = 14;
    private static final int EINVAL = 22;
    private static final int ENOSPC = 28;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private String path() {
        return directory.resolve("file.bin").toString();
    }

    @Test
    void mistakesThatTheKernelReportsFailTheCallback() throws IOException {
        Outcomes outcomes = new Outcomes();
        ByteBuffer block = LibaioContext.newAlignedBuffer(BLOCK, BLOCK);
        try (PolledContext polled = new PolledContext(8, true, true);
                LibaioFile<Outcomes> file = polled.context.openFile(path(), true)) {
            file.write(100, BLOCK, block, outcomes);
            file.write(0, 100, block, outcomes);
            block.position(1);
            file.read(0, BLOCK / 2, block.slice(), outcomes);
            assertThat(outcomes.await(3)).containsOnly(EINVAL);
            assertThat(outcomes.messages.getFirst()).contains(path(), "position 100");
            file.write(0, BLOCK, ByteBuffer.allocate(BLOCK), outcomes);
            assertThat(outcomes.await(4)).contains(EFAULT);
        }
        Outcomes[] stored = new Outcomes[1];
        try (LibaioContext<Outcomes> context = new LibaioContext<>(8, true, true);
                LibaioFile<Outcomes> file = context.openFile(path(), true)) {
            file.write(100, BLOCK, block, outcomes);
            assertThat(context.poll(stored, 1, 1)).isOne();
            assertThat(stored[0]).isSameAs(outcomes);
        }
        assertThat(outcomes.errors).hasSize(5);
    }

    @Test
    void mistakesThatNoKernelSeesThrow() throws IOException {
        Outcomes outcomes = new Outcomes();
        ByteBuffer block = LibaioContext.newAlignedBuffer(BLOCK, BLOCK);
        try (LibaioContext<Outcomes> context = new LibaioContext<>(8, true, false)) {
            LibaioFile<Outcomes> file = context.openFile(path(), true);
            assertRefused(() -> file.write(-BLOCK, BLOCK, block, outcomes));
            assertRefused(() -> file.write(0, -1, block, outcomes));
            // Beyond its memory.
            assertRefused(() -> file.write(0, 2 * BLOCK, block, outcomes));
            LibaioContext.freeBuffer(block);
            assertRefused(() -> file.write(0, BLOCK, block, outcomes));
            file.close();
            ByteBuffer other = LibaioContext.newAlignedBuffer(BLOCK, BLOCK);
            assertRefused(() -> file.write(0, BLOCK, other, outcomes));
            assertRefused(file::getSize);
            assertRefused(() -> file.fill(BLOCK, BLOCK));
            assertRefused(() -> file.fallocate(BLOCK));
            assertRefused(file::close);
            assertThat(file.lock()).isFalse();
        }
        assertThat(outcomes.errors).isEmpty();
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IOException.class);
    }

    @Test
    void opensByDescriptorAndReportsWhatCannotBeOpened() throws IOException {
        int fd = LibaioContext.open(path(), true);
        assertThat(Path.of("/proc/self/fd/" + fd).toRealPath()).isEqualTo(Path.of(path()));
        LibaioContext.close(fd);
        assertRefused(() -> LibaioContext.close(fd));
        assertRefused(() -> LibaioContext.open(directory.resolve("no/such").toString(), true));
        assertRefused(() -> LibaioContext.open(directory.toString(), true));
        assertRefused(() -> LibaioContext.getBlockSize(new File(path() + ".missing")));
        assertThat(LibaioContext.lock(99_999)).isFalse();
        assertThatThrownBy(() -> LibaioContext.openControlFile(null, true)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aClosedFileIsOpenUntilItsOperationsAreDelivered() throws IOException {
        Outcomes outcomes = new Outcomes();
        try (LibaioContext<Outcomes> context = new LibaioContext<>(8, true, true)) {
            LibaioFile<Outcomes> file = context.openFile(path(), true);
            ByteBuffer block = file.newBuffer(BLOCK);
            file.write(0, BLOCK, block, outcomes);
            file.close();
            LibaioContext.freeBuffer(block);
            assertThat(Descriptors.isOpen(Path.of(path()))).isTrue();
            assertThat(context.poll(new Outcomes[1], 1, 1)).isOne();
            // The sync found the file.
            assertThat(outcomes.errors).isEmpty();
        }
        assertThat(Descriptors.isOpen(Path.of(path()))).isFalse();
        assertThat(Files.size(Path.of(path()))).isEqualTo(BLOCK);
    }

    @Test
    void aLockExcludesOtherHandlesUntilItIsClosed() throws IOException {
        LibaioFile<?> first = LibaioContext.openControlFile(path(), true);
        LibaioFile<?> second = LibaioContext.openControlFile(path(), false);
        assertThat(first.lock()).isTrue();
        assertThat(first.lock()).isTrue();
        assertThat(second.lock()).isFalse();
        first.close();
        assertThat(second.lock()).isTrue();
        second.close();
    }

    @Test
    void fillsWithZerosThatTakeSpace() throws IOException {
        Files.write(Path.of(path()), new byte[] {1, 2, 3});
        try (LibaioContext<Outcomes> context = new LibaioContext<>(8, true, true);
                LibaioFile<Outcomes> file = context.openFile(path(), true)) {
            file.fill(BLOCK, (3 << 20) + BLOCK);
            assertThat(file.getSize()).isEqualTo((3 << 20) + BLOCK);
            assertThat(Files.readAllBytes(Path.of(path()))).containsOnly(0);
            assertRefused(() -> file.fill(BLOCK, BLOCK + 1));
            assertRefused(() -> file.fill(BLOCK, -BLOCK));
            file.fill(BLOCK, 0);
            file.fallocate(5 << 20);
            assertThat(file.getSize()).isEqualTo(5 << 20);
            assertRefused(() -> file.fallocate(-1));
            assertThat(file.getBlockSize()).isEqualTo(LibaioContext.getBlockSize(path()));
            assertThat(file.getBlockSize() % 512).isZero();
        }
        LibaioFile<?> control =
                LibaioContext.openControlFile(directory.resolve("control").toString(), true);
        control.fill(BLOCK, BLOCK);
        assertThat(control.getSize()).isEqualTo(BLOCK);
        control.close();
    }

    @Test
    void aFullDiskFailsTheCallbackAndFilling() throws IOException {
        Outcomes outcomes = new Outcomes();
        try (Volume volume = Volume.ext4(directory, 16);
                PolledContext polled = new PolledContext(8, true, true);
                LibaioFile<Outcomes> file =
                        polled.context.openFile(volume.path().resolve("full").toFile(), true)) {
            assertThatThrownBy(() -> file.fill(BLOCK, 64 << 20))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("ENOSPC");
            assertRefused(() -> file.fallocate(64 << 20));
            file.write(64 << 20, BLOCK, file.newBuffer(BLOCK), outcomes);
            assertThat(outcomes.await(1)).containsExactly(ENOSPC);
            assertThat(outcomes.messages.getFirst()).contains("no space left");
        }
    }

    @Test
    void buffersAreAlignedZeroedAndFreedOnce() {
        ByteBuffer buffer = LibaioContext.newAlignedBuffer(8192, 4096);
        assertThat(buffer.isDirect()).isTrue();
        assertThat(buffer.alignmentOffset(0, 4096)).isZero();
        buffer.putLong(0, -1).putLong(4096, -1).limit(4096);
        LibaioContext.memsetBuffer(buffer, 4096);
        assertThat(buffer.getLong(0)).isZero();
        buffer.limit(8192);
        assertThat(buffer.getLong(4096)).isEqualTo(-1);
        LibaioContext.freeBuffer(buffer);
        assertThatThrownBy(() -> LibaioContext.freeBuffer(buffer)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> LibaioContext.freeBuffer(ByteBuffer.allocateDirect(512)))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> LibaioContext.freeBuffer(null)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> LibaioContext.newAlignedBuffer(100, 512)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> LibaioContext.newAlignedBuffer(300, 100)).isInstanceOf(RuntimeException.class);
        ByteBuffer again = LibaioContext.newAlignedBuffer(8192, 512);
        assertThat(again.getLong(4096)).isZero();
        LibaioContext.freeBuffer(again);
    }
}
