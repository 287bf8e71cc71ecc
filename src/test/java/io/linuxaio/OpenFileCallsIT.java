package io.linuxaio;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.LoopDevice;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls on an open file besides reads and writes: syncs, space, holes, hints and locks. */
@OnRealKernel
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OpenFileCallsIT {
    private static final int BLOCK = 4096;
    private static final int LENGTH = 64 * BLOCK;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final byte[] bytes = Bytes.random(1, LENGTH);
    private Path path;
    private AioContext aio;
    private AioFile file;

    @BeforeEach
    void open() throws IOException {
        path = Files.write(directory.resolve("file"), bytes);
        aio = AioContext.builder().queueDepth(4).open();
        file = open(READ, WRITE);
    }

    @AfterEach
    void close() throws IOException {
        file.close();
        aio.close();
    }

    private AioFile open(OpenOption... options) throws IOException {
        return aio.open(path, options);
    }

    private void zero(int from, int to) {
        Arrays.fill(bytes, from, to, (byte) 0);
    }

    private void assertContents() throws IOException {
        assertThat(Arrays.mismatch(Files.readAllBytes(path), bytes)).isEqualTo(-1);
    }

    @Test
    void forceWaitsForASyncWithoutAContext() throws IOException {
        try (AioFile alone = AioFile.open(path, WRITE)) {
            alone.force(false);
            alone.force(true);
        }
        file.force(true);
        file.close();
        assertThatThrownBy(() -> file.force(false)).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void spaceIsReservedWithoutAChangeOfTheLength() throws IOException {
        file.allocate(AioAllocateMode.KEEP_SIZE, LENGTH, 1 << 20);
        assertThat(file.size()).isEqualTo(LENGTH);
        file.allocate(AioAllocateMode.EXTEND, LENGTH, 100);
        assertThat(file.size()).isEqualTo(LENGTH + 100);
        file.allocate(AioAllocateMode.ZERO_RANGE_KEEP_SIZE, LENGTH, 1000);
        assertThat(file.size()).isEqualTo(LENGTH + 100);
    }

    @Test
    void aPunchedHoleReadsAsZerosAndIsFound() throws IOException {
        file.allocate(AioAllocateMode.PUNCH_HOLE, 8 * BLOCK, 8 * BLOCK);
        file.allocate(AioAllocateMode.PUNCH_HOLE, 100, 50);
        zero(8 * BLOCK, 16 * BLOCK);
        zero(100, 150);
        assertContents();

        assertThat(file.nextHole(0)).hasValue(8 * BLOCK);
        assertThat(file.nextData(8 * BLOCK + 1)).hasValue(16 * BLOCK);
        assertThat(file.nextData(5)).hasValue(5);
        assertThat(file.nextHole(16 * BLOCK)).hasValue(LENGTH);
        assertThat(file.nextHole(LENGTH - 1)).hasValue(LENGTH);
        assertThat(file.nextHole(LENGTH)).isEmpty();
        assertThat(file.nextData(LENGTH)).isEmpty();
        file.setLength(LENGTH + 10 * BLOCK);
        assertThat(file.nextData(LENGTH + BLOCK)).isEqualTo(OptionalLong.empty());
        byte[] read = new byte[20 * BLOCK];
        file.readFully(read, 0, read.length, 0);
        assertThat(read).isEqualTo(Arrays.copyOf(bytes, read.length));
    }

    @Test
    void aZeroedRangeReadsAsZeros() throws IOException {
        file.allocate(AioAllocateMode.ZERO_RANGE, 1000, 20_000);
        zero(1000, 21_000);
        assertContents();
        file.allocate(AioAllocateMode.ZERO_RANGE, LENGTH - 10, 20);
        assertThat(file.size()).isEqualTo(LENGTH + 10);
    }

    @Test
    void badRangesAreRefused() throws IOException {
        assertThatThrownBy(() -> file.allocate(AioAllocateMode.PUNCH_HOLE, -1, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.allocate(AioAllocateMode.PUNCH_HOLE, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.allocate(null, 0, 1)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> file.allocate(AioAllocateMode.EXTEND, Long.MAX_VALUE, 1))
                .isInstanceOf(AioException.class);
        assertThatThrownBy(() -> file.nextData(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.nextHole(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(file.nextData(Long.MAX_VALUE)).isEmpty();
        assertThat(file.nextHole(Long.MAX_VALUE)).isEmpty();
        assertThatThrownBy(() -> file.advise(AioAccessPattern.NORMAL, -1, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.advise(AioAccessPattern.NORMAL, 0, -1))
                .isInstanceOf(IllegalArgumentException.class);
        try (AioFile readOnly = open(READ)) {
            assertThatThrownBy(() -> readOnly.allocate(AioAllocateMode.PUNCH_HOLE, 0, 1))
                    .isInstanceOf(NonWritableChannelException.class);
        }
        file.close();
        assertThatThrownBy(() -> file.allocate(AioAllocateMode.EXTEND, 0, 1))
                .isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.nextData(0)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.nextHole(0)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.advise(AioAccessPattern.NORMAL, 0, 0)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.tryLock(true)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.lock(true)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.fd()).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void aBlockDeviceHasNoLengthToSet() throws IOException {
        LoopDevice.assumePossible();
        assertThat(file.isBlockDevice()).isFalse();
        try (LoopDevice device = LoopDevice.attach(path, 512);
                AioFile opened = aio.open(device.node(), READ, WRITE)) {
            assertThat(opened.isBlockDevice()).isTrue();
            assertThat(opened.preferredBlockSize()).isPositive();
            assertThat(opened.fileKey()).isNotEqualTo(file.fileKey());
            assertThat(opened.fileKey().toString()).contains("rdev");
            assertThat(opened.nextData(512)).hasValue(512);
            assertThat(opened.nextHole(512)).hasValue(LENGTH);
            opened.allocate(AioAllocateMode.ZERO_RANGE_KEEP_SIZE, 4096, 8192);
            assertThatThrownBy(() -> opened.allocate(AioAllocateMode.ZERO_RANGE_KEEP_SIZE, 1, 8192))
                    .isInstanceOf(AioException.class);
            opened.force(true);
        }
        zero(4096, 4096 + 8192);
        assertContents();
    }

    @ParameterizedTest
    @EnumSource
    void eachHintIsAccepted(AioAccessPattern pattern) throws IOException {
        try (AioFile buffered = open(READ, AioOpenOption.BUFFERED)) {
            buffered.advise(pattern, 0, 0);
            buffered.advise(pattern, 100, 5000);
            byte[] read = new byte[LENGTH];
            buffered.readFully(read, 0, LENGTH, 0);
            assertThat(read).isEqualTo(bytes);
        }
    }

    @Test
    void aFileIsIdentified() throws IOException {
        Path link = Files.createLink(directory.resolve("link"), path);
        Path copy = Files.copy(path, directory.resolve("copy"));
        try (AioFile linked = aio.open(link);
                AioFile other = aio.open(copy)) {
            assertThat(linked.fileKey()).isEqualTo(file.fileKey()).hasSameHashCodeAs(file.fileKey());
            assertThat(other.fileKey()).isNotEqualTo(file.fileKey());
            assertThat(file.fileKey().toString())
                    .contains(Files.getAttribute(path, "unix:ino").toString());
            assertThat(file.preferredBlockSize()).isPositive();
            assertThat(Path.of("/proc/self/fd/" + file.fd()).toRealPath()).isEqualTo(path.toRealPath());
        }
    }

    @Test
    void anExclusiveLockExcludesOtherHandles() throws IOException {
        try (AioFile other = open(READ)) {
            AioFileLock lock = file.tryLock(false).orElseThrow();
            assertThat(lock.isValid()).isTrue();
            assertThat(lock.isShared()).isFalse();
            assertThat(other.tryLock(true)).isEqualTo(Optional.empty());
            assertThatThrownBy(() -> file.tryLock(true)).isInstanceOf(OverlappingFileLockException.class);
            assertThatThrownBy(() -> file.with(new AioPriority(AioPriority.Kind.BEST_EFFORT, 4))
                            .lock(true))
                    .isInstanceOf(OverlappingFileLockException.class);
            lock.close();
            assertThat(lock.isValid()).isFalse();
            try (AioFileLock one = other.lock(true);
                    AioFileLock two = file.lock(true)) {
                // Released already: it must not release the new one.
                lock.close();
                assertThat(one.isShared() && two.isShared() && two.isValid()).isTrue();
            }
        }
    }

    @Test
    void closingTheFileReleasesItsLock() throws IOException {
        AioFileLock lock = file.lock(false);
        try (AioFile other = open(READ)) {
            file.close();
            assertThat(lock.isValid()).isFalse();
            lock.close();
            try (AioFileLock next = other.tryLock(false).orElseThrow()) {
                assertThat(next.isValid()).isTrue();
            }
        }
    }

    /** Locks a file, says so, and releases the lock when its standard input has a byte. */
    static final class Locker {
        public static void main(String[] args) throws IOException {
            try (AioFile file = AioFile.open(Path.of(args[0]));
                    AioFileLock lock = file.lock(false)) {
                System.out.println(lock.isValid() ? "locked" : "not locked");
                System.out.flush();
                System.in.read();
            }
        }
    }

    @Test
    void aLockIsWaitedForWhileAnotherProcessHasIt() throws Exception {
        Process locker = ChildJvm.of(Locker.class).start(path.toString());
        try {
            assertThat(locker.inputReader().readLine()).isEqualTo("locked");
            assertThat(file.tryLock(false)).isEmpty();
            CompletableFuture<AioFileLock> lock = CompletableFuture.supplyAsync(() -> {
                try {
                    return file.lock(false);
                } catch (IOException e) {
                    throw new CompletionException(e);
                }
            });
            assertThat(lock.isDone()).isFalse();
            locker.getOutputStream().write('\n');
            locker.getOutputStream().flush();
            lock.join().close();
        } finally {
            locker.destroyForcibly();
        }
    }

    @Test
    void uncachedOperationsSucceedOrAreNotSupported() throws IOException {
        try (AioFile buffered = open(READ, WRITE, AioOpenOption.BUFFERED)) {
            AioFile view = buffered.with(AioRequestFlag.DONTCACHE);
            byte[] read = new byte[1000];
            for (CompletableFuture<Void> operation :
                    List.of(view.readFullyAsync(read, 0, 1000, 100), view.writeFullyAsync(bytes, 0, 1000, 0))) {
                try {
                    operation.join();
                } catch (CompletionException e) {
                    assertThat(e.getCause())
                            .isInstanceOfSatisfying(
                                    AioException.class,
                                    failure -> assertThat(failure.errnoName()).isEqualTo("EOPNOTSUPP"));
                }
            }
        }
    }
}
