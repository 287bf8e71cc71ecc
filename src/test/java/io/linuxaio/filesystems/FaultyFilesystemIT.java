package io.linuxaio.filesystems;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioWriteChannel;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.fuse.FaultyFilesystem;
import io.linuxaio.testing.fuse.InjectedFault;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
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

/** Errors, short reads and late replies of a filesystem that injects faults. */
@OnRealKernel
@Tag("own-volumes")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FaultyFilesystemIT extends WithFaultyFilesystem {
    private static final int BLOCK = 4096;

    /** The maximum size of one request of the kernel. */
    private static final int REQUEST = 128 * 1024;

    private static final int LENGTH = 1 << 20;

    private final byte[] contents = Bytes.random(11, LENGTH);
    private Path path;
    private AioContext aio;
    private AioArena arena;
    private AioFile file;

    @BeforeEach
    void open() throws IOException {
        path = faulty.file("file", contents);
        aio = AioContext.builder().queueDepth(16).open();
        arena = AioArena.ofShared();
        file = aio.open(path, READ, WRITE);
    }

    @AfterEach
    void close() throws IOException {
        faulty.release();
        aio.close();
        file.close();
        arena.close();
    }

    private static AioException failure(CompletableFuture<?> future) {
        Throwable thrown = catchThrowable(future::join);
        assertThat(thrown).isInstanceOf(CompletionException.class).hasCauseInstanceOf(AioException.class);
        return (AioException) thrown.getCause();
    }

    @Test
    void withoutAFaultItBehavesLikeOtherFilesystems() throws IOException {
        MemorySegment target = arena.allocate(LENGTH);

        assertThat(file.isDirect()).isTrue();
        assertThat(file.alignment().offset()).isEqualTo(BLOCK);
        assertThat(file.read(target, 0).join()).isEqualTo(LENGTH);
        assertThat(Bytes.of(target)).isEqualTo(contents);
        assertThat(file.write(target.asSlice(0, BLOCK), LENGTH).join()).isEqualTo(BLOCK);
        file.dataSync().join();
        assertThat(Files.readAllBytes(path)).hasSize(LENGTH + BLOCK).startsWith(contents);
        Path other = faulty.path().resolve("other");
        AioFiles.using(aio).write(other, Arrays.copyOf(contents, 100_001)).join();
        assertThat(AioFiles.using(aio).readAllBytes(other).join()).isEqualTo(Arrays.copyOf(contents, 100_001));
    }

    @Test
    void anErrorOfAReadIsReported() {
        faulty.fail("READ", FaultyFilesystem.EIO, 0);
        AioException failure = failure(file.read(arena.allocate(BLOCK), BLOCK));

        assertThat(failure.errnoName()).isEqualTo("EIO");
        assertThat(failure.operation()).isEqualTo("read");
        assertThat(failure.bytesTransferred()).isZero();
        assertThat(failure).hasMessageContaining("4096 bytes at position 4096");
        assertThat(file.read(arena.allocate(BLOCK), BLOCK).join()).isEqualTo(BLOCK);
    }

    @Test
    void anErrorOfAWriteIsReported() throws IOException {
        MemorySegment block = arena.allocate(BLOCK);
        faulty.fail("WRITE", FaultyFilesystem.ENOSPC, 0);
        AioException failure = failure(file.write(block, 0));

        assertThat(failure.errnoName()).isEqualTo("ENOSPC");
        assertThat(failure.operation()).isEqualTo("write");
        assertThat(failure.bytesTransferred()).isZero();
        assertThat(Files.readAllBytes(path)).isEqualTo(contents);
        faulty.fail("WRITE", FaultyFilesystem.EIO, 0);
        assertThat(failure(file.writev(new MemorySegment[] {block}, 0)).errnoName())
                .isEqualTo("EIO");
        assertThat(file.write(block, 0).join()).isEqualTo(BLOCK);
    }

    @Test
    void anErrorOfASyncIsReported() {
        faulty.fail("FSYNC", FaultyFilesystem.EIO, 0);
        assertThat(failure(file.dataSync()).operation()).isEqualTo("dataSync");
        faulty.fail("FSYNC", FaultyFilesystem.ENOSPC, 0);
        assertThat(failure(file.sync()).errnoName()).isEqualTo("ENOSPC");
        file.dataSync().join();
    }

    @Test
    void aShortReadAtABlockBoundaryContinues() throws IOException {
        MemorySegment target = arena.allocate(REQUEST);
        faulty.inject(new InjectedFault("READ", InjectedFault.What.CUT, 3 * BLOCK, 0, 1));
        faulty.inject(new InjectedFault("READ", InjectedFault.What.CUT, BLOCK, 0, 2));

        assertThat(file.read(target, REQUEST).join()).isEqualTo(REQUEST);
        assertThat(Bytes.of(target)).isEqualTo(Arrays.copyOfRange(contents, REQUEST, 2 * REQUEST));
        assertThat(aio.stats().shortTransfers()).isEqualTo(3);
    }

    @Test
    void aShortVectoredReadContinuesInsideASegment() throws IOException {
        MemorySegment target = arena.allocate(16 * BLOCK);
        MemorySegment[] parts = {
            target.asSlice(0, 2 * BLOCK), target.asSlice(2 * BLOCK, 5 * BLOCK), target.asSlice(7 * BLOCK)
        };
        faulty.inject(new InjectedFault("READ", InjectedFault.What.CUT, 4 * BLOCK, 0, 1));
        faulty.inject(new InjectedFault("READ", InjectedFault.What.CUT, 3 * BLOCK, 0, 1));

        assertThat(file.readv(parts, 0).join()).isEqualTo(16 * BLOCK);
        assertThat(Bytes.of(target)).isEqualTo(Arrays.copyOf(contents, 16 * BLOCK));
        assertThat(aio.stats().shortTransfers()).isPositive();
    }

    @Test
    void anErrorAfterAShortReadReportsTheBytesTransferred() {
        faulty.inject(new InjectedFault("READ", InjectedFault.What.CUT, 2 * BLOCK, 0, 1));
        faulty.fail("READ", FaultyFilesystem.EIO, 0);
        AioException failure = failure(file.read(arena.allocate(REQUEST), 0));

        assertThat(failure.errnoName()).isEqualTo("EIO");
        assertThat(failure.bytesTransferred()).isEqualTo(2 * BLOCK);
        assertThat(failure).hasMessageContaining("of which 8192 were moved");
    }

    @Test
    void anErrorInTheMiddleOfALongWriteFailsTheWrite() throws IOException {
        MemorySegment source = Bytes.copy(arena, Bytes.random(12, LENGTH));
        faulty.fail("WRITE", FaultyFilesystem.ENOSPC, 3);
        AioException failure = failure(file.write(source, 0));

        // The requests of one write go out together: how many before the failed one count is the kernel's affair.
        assertThat(failure.bytesTransferred()).isLessThanOrEqualTo(3L * REQUEST);
        int counted = (int) failure.bytesTransferred();
        assertThat(Arrays.copyOf(Files.readAllBytes(path), counted))
                .isEqualTo(Arrays.copyOf(Bytes.random(12, LENGTH), counted));
        assertThat(aio.stats().failed()).isEqualTo(1);
    }

    @Test
    void delayedAnswersAreAllDelivered() throws IOException {
        faulty.inject(new InjectedFault("READ", InjectedFault.What.DELAY, 20, 0, 8));
        MemorySegment target = arena.allocate(LENGTH);
        CompletableFuture<?>[] reads = new CompletableFuture<?>[LENGTH / REQUEST];
        for (int i = 0; i < reads.length; i++) {
            reads[i] = file.read(target.asSlice((long) i * REQUEST, REQUEST), (long) i * REQUEST);
        }
        CompletableFuture.allOf(reads).join();
        assertThat(Bytes.of(target)).isEqualTo(contents);
    }

    @Test
    void aWriteThatFailsInTheMiddleLeavesNoCompleteFile() throws IOException {
        byte[] more = Bytes.random(13, LENGTH);
        Path whole = faulty.path().resolve("whole");
        faulty.fail("WRITE", FaultyFilesystem.EIO, 5);
        assertThat(failure(AioFiles.using(aio).write(whole, more)).errnoName()).isEqualTo("EIO");
        assertThat(Files.size(whole)).isLessThan(LENGTH);

        Path piecewise = faulty.path().resolve("piecewise");
        faulty.fail("WRITE", FaultyFilesystem.ENOSPC, 5);
        Throwable thrown = catchThrowable(() -> {
            try (AioWriteChannel channel =
                    AioFiles.using(aio).withBlockSize(2 * BLOCK).withDepth(4).newWriteChannel(piecewise)) {
                for (int at = 0; at < LENGTH; at += BLOCK) {
                    channel.write(ByteBuffer.wrap(more, at, BLOCK));
                }
            }
        });
        assertThat(thrown).isInstanceOf(AioException.class).hasMessageContaining("ENOSPC");
        assertThat(Files.readAllBytes(piecewise)).isEqualTo(Arrays.copyOf(more, 5 * 2 * BLOCK));

        Path unsynced = faulty.path().resolve("unsynced");
        faulty.fail("FSYNC", FaultyFilesystem.EIO, 0);
        assertThat(failure(AioFiles.using(aio).write(unsynced, more, CREATE, DSYNC))
                        .errnoName())
                .isEqualTo("EIO");
        assertThat(unsynced).isEmptyFile();
    }

    @Test
    void aFileThatCannotBeReadToItsEndFailsTheRead() {
        faulty.fail("READ", FaultyFilesystem.EIO, 4);

        assertThat(failure(AioFiles.using(aio).readAllBytes(path)).errnoName()).isEqualTo("EIO");
        assertThat(AioFiles.using(aio).readAllBytes(path).join()).isEqualTo(contents);
    }
}
