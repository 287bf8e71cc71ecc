package io.linuxaio.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies, which equal the source in bytes, holes and, if requested, attributes. */
@OnRealKernel
@Timeout(120)
class CopyIT extends CopyFixture {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 513, 4095, 4096, 4097, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 1})
    void anyLengthIsCopied(int length) throws IOException {
        byte[] bytes = fill(length);

        assertThat(AioFiles.copy(source, target).join()).isEqualTo(length);

        assertThat(target).hasBinaryContent(bytes);
        assertThat(names()).containsExactly("source", "target");
    }

    @Test
    void blockSizeAndDepthDoNotChangeTheFile() throws IOException {
        long seed = Seed.next();
        Random random = new Random(seed);
        try (AioContext aio = AioContext.builder().queueDepth(16).open()) {
            for (int round = 0; round < 30; round++) {
                byte[] bytes = fill(random.nextInt(300_000));
                int blockSize = 1 + random.nextInt(100_000);
                int depth = 1 + random.nextInt(20);

                AioFiles.using(aio)
                        .withBlockSize(blockSize)
                        .withDepth(depth)
                        .copy(source, target, QUIET, REPLACE_EXISTING)
                        .join();

                assertThat(target)
                        .as("linuxaio.seed=%d, %d bytes in %d blocks of %d", seed, bytes.length, depth, blockSize)
                        .hasBinaryContent(bytes);
            }
        }
    }

    @Test
    void aTenGigabyteHoleCostsNoTime() throws IOException {
        long length = 10L << 30;
        try (FileChannel channel = FileChannel.open(source, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < 10; i++) {
                channel.write(ByteBuffer.wrap(Bytes.random(i, BLOCK)), i * (length / 10) + BLOCK);
            }
            // The length is odd.
            channel.write(ByteBuffer.wrap(new byte[] {1}), length - 2 * BLOCK);
        }
        try (AioContext aio = AioContext.builder().queueDepth(8).open()) {
            long copied = AioFiles.using(aio).copy(source, target, QUIET).join();

            assertThat(copied).isEqualTo(Files.size(source)).isEqualTo(Files.size(target));
            // A copy of all of it would take twenty thousand operations, however busy the machine is.
            assertThat(aio.stats().submitted()).isBetween(20L, 100L);
            assertThat(aio.stats().bytesWritten()).isLessThan(12L * BLOCK);
        }
        assertThat(extents(target)).isEqualTo(extents(source));
        assertThat(blocks(target)).isLessThan(12L * BLOCK / 512);
        for (int i = 0; i < 10; i++) {
            assertThat(bytes(i * (length / 10) + BLOCK)).isEqualTo(Bytes.random(i, BLOCK));
        }
    }

    @Test
    void holesAreKept() throws IOException {
        long seed = Seed.next();
        Random random = new Random(seed);
        for (int round = 0; round < 10; round++) {
            Files.deleteIfExists(source);
            try (FileChannel channel =
                    FileChannel.open(source, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (int i = random.nextInt(20); i >= 0; i--) {
                    ByteBuffer part = ByteBuffer.wrap(Bytes.random(i, 1 + random.nextInt(100_000)));
                    channel.write(part, random.nextInt(16 << 20));
                }
            }
            // Data that is still in the page cache alone counts too.
            AioFiles.copy(source, target, REPLACE_EXISTING).join();

            assertThat(Files.mismatch(source, target))
                    .as("linuxaio.seed=%d", seed)
                    .isEqualTo(-1);
            assertThat(blocks(target))
                    .as("linuxaio.seed=%d", seed)
                    .isLessThanOrEqualTo(extents(source).stream()
                                    .mapToLong(extent -> extent.get(1) - extent.get(0) + 4096)
                                    .sum()
                            / 512);
        }
    }

    private static List<List<Long>> extents(Path path) throws IOException {
        List<List<Long>> all = new ArrayList<>();
        try (AioFile file = AioFile.open(path, StandardOpenOption.READ)) {
            DataExtents extents = new DataExtents(file, file.alignment(), file.size());
            while (extents.next()) {
                all.add(List.of(extents.start(), extents.end()));
            }
        }
        return all;
    }

    private static long blocks(Path path) throws IOException {
        return Long.parseLong(
                Command.succeed("stat", "--format=%b", path.toString()).strip());
    }

    private byte[] bytes(long position) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
        try (FileChannel channel = FileChannel.open(target)) {
            while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) > 0) {}
        }
        return bytes.array();
    }

    @Test
    void progressGrowsToTheTotal() throws IOException {
        fill(9 * BLOCK + 1);
        List<Long> reported = new ArrayList<>();
        List<String> threads = new ArrayList<>();

        AioFiles.using(AioContext.shared())
                .copy(source, target, (done, total) -> {
                    assertThat(total).isEqualTo(9 * BLOCK + 1);
                    reported.add(done);
                    threads.add(Thread.currentThread().getName());
                })
                .join();

        assertThat(reported).hasSize(10).isSorted().doesNotHaveDuplicates().endsWith(9L * BLOCK + 1);
        assertThat(threads).allMatch(name -> name.startsWith("linux-aio-files"));
    }

    @Test
    void permissionsAreThoseOfTheSourceMinusTheUmask() throws IOException {
        fill(10);
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rwx------"));

        AioFiles.copy(source, target).join();

        assertThat(Files.getPosixFilePermissions(target)).isEqualTo(Files.getPosixFilePermissions(source));
    }

    @Test
    void attributesAreCopiedIfRequested() throws IOException {
        byte[] bytes = fill(5000);
        boolean extended = writeExtended();
        if (Command.isRoot()) {
            Files.setAttribute(source, "unix:gid", 12345);
            Files.setAttribute(source, "unix:uid", 12345);
        }
        Files.setAttribute(source, "unix:mode", 04754);
        Files.setLastModifiedTime(source, FileTime.fromMillis(1_234_567_890_123L));

        AioFiles.copy(source, target, COPY_ATTRIBUTES).join();

        assertThat(target).hasBinaryContent(bytes);
        for (String attribute : List.of("unix:mode", "unix:uid", "unix:gid", "unix:lastModifiedTime")) {
            assertThat(Files.getAttribute(target, attribute))
                    .as(attribute)
                    .isEqualTo(Files.getAttribute(source, attribute));
        }
        if (extended) {
            ByteBuffer value = ByteBuffer.allocate(5);
            Files.getFileAttributeView(target, UserDefinedFileAttributeView.class)
                    .read("test", value);
            assertThat(new String(value.array())).isEqualTo("value");
        }
    }

    private boolean writeExtended() {
        try {
            Files.getFileAttributeView(source, UserDefinedFileAttributeView.class)
                    .write("test", ByteBuffer.wrap("value".getBytes()));
            return true;
        } catch (IOException none) {
            return false;
        }
    }

    @Test
    void aReadOnlyFileCanBeCopied() throws IOException {
        byte[] bytes = fill(5000);
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("r--r--r--"));

        AioFiles.copy(source, target, COPY_ATTRIBUTES).join();
        assertThat(target).hasBinaryContent(bytes);
        assertThat(Files.getAttribute(target, "unix:mode")).isEqualTo(Files.getAttribute(source, "unix:mode"));
        AioFiles.copy(source, target, REPLACE_EXISTING).join();
        assertThat(target).hasBinaryContent(bytes);
    }

    @Test
    void eachOptionGivesTheSameCopy() throws IOException {
        byte[] bytes = fill(3 * BLOCK + 1);
        for (CopyOption option : List.of(
                AioCopyOption.DSYNC,
                AioCopyOption.SYNC,
                AioOpenOption.BUFFERED,
                AioOpenOption.DIRECT_IF_SUPPORTED,
                NOFOLLOW_LINKS)) {
            AioFiles.copy(source, target, option).join();
            assertThat(target).as(option.toString()).hasBinaryContent(bytes);
            AioFiles.copy(source, target, option, REPLACE_EXISTING).join();
            assertThat(target).as(option.toString()).hasBinaryContent(bytes);
            Files.delete(target);
        }
    }

    @Test
    void invalidArgumentsAreRefusedAtOnce() throws IOException {
        fill(1);
        AioContext aio = AioContext.shared();
        assertThatThrownBy(() -> AioFiles.copy(source, target, ATOMIC_MOVE))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(
                        () -> AioFiles.copy(source, target, AioOpenOption.BUFFERED, AioOpenOption.DIRECT_IF_SUPPORTED))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioFiles.copy(source, target, new CopyOption[] {null}))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> AioFiles.using(aio).copy(source, target, (AioCopyProgress) null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(
                        () -> AioFiles.using(aio).withBlockSize(0).withDepth(1).copy(source, target, QUIET))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> AioFiles.using(aio).withBlockSize(1).withDepth(0).copy(source, target, QUIET))
                .isInstanceOf(IllegalArgumentException.class);
        assertNothingMade();
    }
}
