package io.linuxaio.filesystems;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioReadChannel;
import io.linuxaio.files.AioWriteChannel;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Volumes that run full in the middle of a write, and unreadable devices. */
@OnRealKernel
@Tag("own-volumes")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DiskTroubleIT {
    private static final int BLOCK = 4096;
    private static final int MEGABYTE = 1 << 20;

    /** More bytes than a volume that is nearly full has left. */
    private static final int MUCH = 24 * MEGABYTE;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private AioContext aio;
    private AioArena arena;

    @BeforeEach
    void open() throws IOException {
        aio = AioContext.builder().queueDepth(16).open();
        arena = AioArena.ofShared();
    }

    @AfterEach
    void close() {
        aio.close();
        arena.close();
    }

    /** The filesystems, with little space on them. */
    enum Filesystem {
        EXT4,
        XFS,
        BTRFS,
        TMPFS,
        OVERLAY;

        Volume mount(Path directory) throws IOException {
            return switch (this) {
                case EXT4 -> Volume.ext4(directory, 16);
                case XFS -> Volume.xfs(directory, 320);
                case BTRFS -> Volume.btrfs(directory);
                case TMPFS -> Volume.tmpfs(directory, 16);
                case OVERLAY -> Volume.overlay(directory, 16);
            };
        }
    }

    /** Allocates space until less than {@link #MUCH} is left. */
    private void fill(Volume volume) throws IOException {
        long excess = Files.getFileStore(volume.path()).getUsableSpace() - MUCH / 2;
        if (excess > 0) {
            try (AioFile ballast = aio.open(volume.path().resolve("ballast"), WRITE, CREATE)) {
                ballast.allocate(0, excess);
            }
        }
    }

    private static AioException failure(CompletableFuture<?> future) {
        Throwable thrown = catchThrowable(future::join);
        assertThat(thrown).isInstanceOf(CompletionException.class).hasCauseInstanceOf(AioException.class);
        return (AioException) thrown.getCause();
    }

    private static void assertBeginsLike(Path path, byte[] contents, long atLeast) throws IOException {
        byte[] there = Files.readAllBytes(path);
        assertThat(there.length).isGreaterThanOrEqualTo((int) atLeast).isLessThan(contents.length);
        assertThat(Arrays.mismatch(there, 0, (int) atLeast, contents, 0, (int) atLeast))
                .isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource
    void aFullVolumeFailsWritesAndReportsTheBytesWritten(Filesystem filesystem) throws IOException {
        byte[] contents = Bytes.random(5, MUCH);
        try (Volume volume = filesystem.mount(directory)) {
            fill(volume);
            Path path = volume.path().resolve("file");
            try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
                AioException refusal = failure(file.write(Bytes.copy(arena, contents), 0));

                assertThat(refusal.errnoName()).isEqualTo("ENOSPC");
                assertThat(refusal.operation()).isEqualTo("write");
                assertThat(refusal).hasMessageContaining("free space").hasMessageContaining(MUCH + " bytes");
                assertThat(refusal.bytesTransferred()).isLessThan(MUCH);
                assertBeginsLike(path, contents, refusal.bytesTransferred());
            }
        }
        assertThat(aio.stats().failed()).isEqualTo(1);
        assertThat(aio.stats().inFlight()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aFullVolumeFailsSingleBlocksAndKeepsTheOthers(Filesystem filesystem) throws IOException {
        byte[] contents = Bytes.random(6, MUCH);
        MemorySegment source = Bytes.copy(arena, contents);
        int part = MEGABYTE / 2;
        try (Volume volume = filesystem.mount(directory)) {
            fill(volume);
            Path path = volume.path().resolve("file");
            int written = 0;
            try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
                AioException refusal = null;
                while (refusal == null && written < MUCH) {
                    CompletableFuture<Integer> write = file.write(source.asSlice(written, part), written);
                    if (catchThrowable(write::join) == null) {
                        written += part;
                    } else {
                        refusal = failure(write);
                    }
                }
                assertThat(refusal).isNotNull();
                assertThat(refusal.errnoName()).isEqualTo("ENOSPC");
                assertThat(refusal.bytesTransferred()).isBetween(0L, part - 1L);
                assertThat(written).isPositive();
                assertBeginsLike(path, contents, written + refusal.bytesTransferred());
                // Existing data can be read and overwritten as before, except on btrfs, which never overwrites in
                // place.
                assertThat(file.read(source.asSlice(0, part), 0).join()).isEqualTo(part);
                if (filesystem != Filesystem.BTRFS) {
                    assertThat(file.write(source.asSlice(0, part), 0).join()).isEqualTo(part);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIncompleteFileIsRecognisable(Filesystem filesystem) throws IOException {
        byte[] contents = Bytes.random(7, MUCH);
        try (Volume volume = filesystem.mount(directory)) {
            fill(volume);
            Path whole = volume.path().resolve("whole");
            assertThat(failure(AioFiles.using(aio).write(whole, contents)).errnoName())
                    .isEqualTo("ENOSPC");
            assertBeginsLike(whole, contents, Files.size(whole));
            Files.delete(whole);

            Path piecewise = volume.path().resolve("piecewise");
            Throwable thrown = catchThrowable(() -> {
                try (AioWriteChannel channel = AioFiles.using(aio)
                        .withBlockSize(MEGABYTE / 2)
                        .withDepth(4)
                        .newWriteChannel(piecewise)) {
                    for (int at = 0; at < MUCH; at += 100_000) {
                        channel.write(ByteBuffer.wrap(contents, at, Math.min(100_000, MUCH - at)));
                    }
                }
            });
            assertThat(thrown).isInstanceOf(AioException.class).hasMessageContaining("ENOSPC");
            assertThat(Files.size(piecewise)).isPositive();
            assertBeginsLike(piecewise, contents, Files.size(piecewise));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EXT4", "XFS", "BTRFS"})
    void anUnreadableDeviceFailsReads(Filesystem filesystem) throws IOException {
        byte[] contents = Bytes.random(8, MEGABYTE);
        try (Volume volume = filesystem.mount(directory)) {
            Path path = volume.path().resolve("file");
            AioFiles.using(aio).write(path, contents).join();
            try (AioFile file = aio.open(path, READ, WRITE)) {
                file.sync().join();
                MemorySegment target = arena.allocate(MEGABYTE);
                assertThat(file.read(target, 0).join()).isEqualTo(MEGABYTE);
                // The loop device continues without its file.
                try (FileChannel image =
                        FileChannel.open(volume.device().orElseThrow().image(), WRITE)) {
                    image.truncate(0);
                }

                AioException failure = failure(file.read(target, 0));
                assertThat(failure.errnoName()).isEqualTo("EIO");
                assertThat(failure.operation()).isEqualTo("read");
                assertThat(failure.getFile()).isEqualTo(path.toString());
                assertThat(failure.bytesTransferred()).isZero();
                assertThat(failure).hasMessageContaining(MEGABYTE + " bytes at position 0");
                MemorySegment[] parts = {target.asSlice(0, BLOCK), target.asSlice(BLOCK, BLOCK)};
                assertThat(failure(file.readv(parts, BLOCK)).errnoName()).isEqualTo("EIO");
            }
            assertThat(failure(AioFiles.using(aio).readAllBytes(path)).errnoName())
                    .isEqualTo("EIO");
            assertThatThrownBy(() -> {
                        try (AioReadChannel channel = AioFiles.using(aio)
                                .withBlockSize(10_000)
                                .withDepth(4)
                                .newReadChannel(path)) {
                            channel.read(ByteBuffer.allocate(BLOCK));
                        }
                    })
                    .isInstanceOf(AioException.class)
                    .hasMessageContaining("EIO");
            assertThat(aio.stats().inFlight()).isZero();
        }
        // The context is none the worse for it.
        AioFiles.using(aio).write(directory.resolve("elsewhere"), contents).join();
        assertThat(directory.resolve("elsewhere")).hasBinaryContent(contents);
    }

    @Test
    void aFilesystemWithoutReservationsReportsItAndAcceptsWrites() throws IOException {
        byte[] contents = Bytes.random(9, 100_001);
        try (Volume volume = Volume.ext4(directory, 16, 512, "-O", "^extents,^64bit,^has_journal")) {
            Path path = volume.path().resolve("file");
            try (AioFile file = aio.open(path, WRITE, CREATE)) {
                assertThatThrownBy(() -> file.allocate(0, MEGABYTE))
                        .isInstanceOf(AioException.class)
                        .hasMessageContaining("allocate of " + path)
                        .hasMessageContaining("EOPNOTSUPP");
                assertThat(file.size()).isZero();
            }
            AioFiles.using(aio).write(path, contents).join();
            assertThat(path).hasBinaryContent(contents);
        }
    }
}
