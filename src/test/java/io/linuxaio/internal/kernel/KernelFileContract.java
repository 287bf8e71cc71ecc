package io.linuxaio.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.abi.Abi;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The contract of each backend for calls on files. */
abstract class KernelFileContract extends KernelFixture {
    @Test
    void openReportsErrors() {
        int created = open("new", RW | OFlags.CREATE | OFlags.EXCLUSIVE);

        assertThat(created).isNotNegative();
        assertThat(open("new", RW | OFlags.CREATE | OFlags.EXCLUSIVE)).isEqualTo(-Errno.EEXIST);
        assertThat(open("none", RW)).isEqualTo(-Errno.ENOENT);
        assertThat(open("none/file", RW | OFlags.CREATE)).isEqualTo(-Errno.ENOENT);
        assertThat(open("new/file", RW | OFlags.CREATE)).isEqualTo(-Errno.ENOTDIR);
        assertThat(open("x".repeat(256), RW)).isEqualTo(-Errno.ENAMETOOLONG);
        assertThat(kernel.open(directory().getBytes(StandardCharsets.UTF_8), RW, 0))
                .isEqualTo(-Errno.EISDIR);
        assertThat(kernel.open(new byte[0], RW, 0)).isEqualTo(-Errno.ENOENT);
        kernel.close(created);
        kernel.unlink(path("new"));
    }

    @Test
    void namesAreBytes() {
        byte[] latin1 = path("latin-1: ?");
        latin1[latin1.length - 1] = (byte) 0xe9;

        assertThat(List.of(path("Grüße, 文件, 🗄"), latin1)).allSatisfy(name -> {
            int descriptor = kernel.open(name, RW | OFlags.CREATE, 0640);
            assertThat(descriptor).isNotNegative();
            assertThat(kernel.close(descriptor)).isZero();
            assertThat(kernel.unlink(name)).isZero();
            assertThat(kernel.unlink(name)).isEqualTo(-Errno.ENOENT);
        });
    }

    @Test
    void closeReportsErrors() {
        int descriptor = open("data", RW);

        assertThat(kernel.close(descriptor)).isZero();
        assertThat(kernel.close(-1)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void statxReportsTypeAndSize() {
        assertThat(kernel.ftruncate(file, 12345)).isZero();

        Statx status = Statx.of(kernel, file);

        assertThat(status.error()).isZero();
        assertThat(status.isRegularFile()).isTrue();
        assertThat(status.size()).isEqualTo(12345);
        assertThat(Statx.of(kernel, -1).error()).isEqualTo(-Errno.EBADF);
    }

    @Test
    void statxReportsADirectory() {
        int directory = kernel.open(directory().getBytes(StandardCharsets.UTF_8), OFlags.READ_ONLY, 0);

        Statx status = Statx.of(kernel, directory);

        assertThat(status.isSuitable()).isFalse();
        assertThat(status.typeName()).isEqualTo("directory");
        kernel.close(directory);
    }

    @Test
    void fallocateChangesTheSizeUnlessKeepSizeIsSet() {
        assertThat(kernel.fallocate(file, 0, 0, 1000)).isZero();
        assertThat(kernel.fallocate(file, Abi.FALLOC_FL_KEEP_SIZE(), 0, 100_000))
                .isZero();
        assertThat(kernel.lseek(file, 0, SEEK_END)).isEqualTo(1000);
        assertThat(kernel.fallocate(file, 0, 0, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(kernel.fallocate(file, 0, -1, 10)).isEqualTo(-Errno.EINVAL);
        assertThat(kernel.fallocate(-1, 0, 0, 10)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void syncsOfADescriptorReportErrors() {
        assertThat(kernel.fsync(file)).isZero();
        assertThat(kernel.fdatasync(file)).isZero();
        assertThat(kernel.fsync(-1)).isEqualTo(-Errno.EBADF);
        assertThat(kernel.fdatasync(-1)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void flockBelongsToTheOpenFile() {
        int other = open("data", RW);
        int exclusive = 2 | 4;
        int shared = 1 | 4;
        int unlock = 8;

        assertThat(kernel.flock(file, exclusive)).isZero();
        assertThat(kernel.flock(other, exclusive)).isEqualTo(-Errno.EAGAIN);
        assertThat(kernel.flock(other, shared)).isEqualTo(-Errno.EAGAIN);
        assertThat(kernel.flock(file, shared)).isZero();
        assertThat(kernel.flock(other, shared)).isZero();
        assertThat(kernel.flock(file, exclusive)).isEqualTo(-Errno.EAGAIN);
        kernel.close(other);
        assertThat(kernel.flock(file, exclusive)).isZero();
        assertThat(kernel.flock(file, unlock)).isZero();
        assertThat(kernel.flock(file, 64)).isEqualTo(-Errno.EINVAL);
        assertThat(kernel.flock(-1, shared)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void reflinkReportsErrors() {
        int target = open("target", RW | OFlags.CREATE);
        assertThat(kernel.reflink(target, file)).isIn(0, -Errno.EOPNOTSUPP);
        assertThat(kernel.reflink(-1, file)).isEqualTo(-Errno.EBADF);
        assertThat(kernel.reflink(target, -1)).isEqualTo(-Errno.EBADF);
        kernel.close(target);
    }

    @Test
    void fadviseReportsErrors() {
        for (int advice = 0; advice <= 5; advice++) {
            assertThat(kernel.fadvise(file, 0, 0, advice)).isZero();
        }
        assertThat(kernel.fadvise(file, 0, -1, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(kernel.fadvise(file, 0, 0, 99)).isEqualTo(-Errno.EINVAL);
        assertThat(kernel.fadvise(-1, 0, 0, 0)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void ftruncateTruncatesAndExtendsWithZeros() {
        run(write(1, block('x'), 0));

        assertThat(kernel.ftruncate(file, 10)).isZero();
        assertThat(kernel.ftruncate(file, 20)).isZero();

        MemorySegment target = block('y');
        assertThat(run(read(2, target, 0))).isEqualTo(20);
        assertThat(target.get(JAVA_BYTE, 9)).isEqualTo((byte) 'x');
        assertThat(target.get(JAVA_BYTE, 10)).isZero();
        assertThat(target.get(JAVA_BYTE, 20)).isEqualTo((byte) 'y');
        assertThat(kernel.ftruncate(file, -1)).isEqualTo(-Errno.EINVAL);
        assertThat(kernel.ftruncate(-1, 0)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void fcntlChangesFlags() {
        int descriptor = open("data", RW | OFlags.NONBLOCK);

        assertThat(kernel.fcntl(descriptor, Abi.F_GETFL(), 0) & OFlags.NONBLOCK).isNotZero();
        assertThat(OFlags.clearNonblock(kernel, descriptor)).isZero();
        assertThat(kernel.fcntl(descriptor, Abi.F_GETFL(), 0) & OFlags.NONBLOCK).isZero();
        assertThat(kernel.fcntl(descriptor, Abi.F_GETFL(), 0) & OFlags.READ_WRITE)
                .isNotZero();
        assertThat(kernel.fcntl(descriptor, 9999, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(kernel.fcntl(-1, Abi.F_GETFL(), 0)).isEqualTo(-Errno.EBADF);
        kernel.close(descriptor);
    }

    @Test
    void lseekReportsPositionsBeyondFourGigabytes() {
        assertThat(kernel.lseek(file, 5L << 30, 0)).isEqualTo(5L << 30);
        assertThat(kernel.lseek(file, 0, 99)).isEqualTo(-Errno.EINVAL);
        assertThat(kernel.lseek(file, -1, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(kernel.lseek(-1, 0, 0)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void lseekDistinguishesDataFromHoles() {
        long start = 1 << 20;
        long end = 4 << 20;
        assertThat(kernel.ftruncate(file, end)).isZero();
        assertThat(run(write(1, block('x'), start))).isEqualTo(BLOCK);

        assertThat(kernel.lseek(file, 0, Abi.SEEK_HOLE())).isZero();
        assertThat(kernel.lseek(file, 0, Abi.SEEK_DATA())).isEqualTo(start);
        assertThat(kernel.lseek(file, start + 7, Abi.SEEK_DATA())).isEqualTo(start + 7);
        // A filesystem may report more data than was written.
        assertThat(kernel.lseek(file, start, Abi.SEEK_HOLE())).isBetween(start + BLOCK, 2 * start);
        assertThat(kernel.lseek(file, 3 * start, Abi.SEEK_HOLE())).isEqualTo(3 * start);
        assertThat(kernel.lseek(file, 3 * start, Abi.SEEK_DATA())).isEqualTo(-Errno.ENXIO);
        assertThat(kernel.lseek(file, end, Abi.SEEK_HOLE())).isEqualTo(-Errno.ENXIO);
        assertThat(kernel.lseek(file, -1, Abi.SEEK_DATA())).isEqualTo(-Errno.ENXIO);
        assertThat(kernel.lseek(-1, 0, Abi.SEEK_DATA())).isEqualTo(-Errno.EBADF);
    }

    @Test
    void unlinkReportsErrors() {
        assertThat(kernel.unlink(path("none"))).isEqualTo(-Errno.ENOENT);
        assertThat(kernel.unlink(directory().getBytes(StandardCharsets.UTF_8))).isEqualTo(-Errno.EISDIR);
    }

    @Test
    void renameReplacesAnotherFile() {
        int old = open("old", RW | OFlags.CREATE);
        assertThat(kernel.ftruncate(old, 7)).isZero();
        assertThat(kernel.ftruncate(file, 12)).isZero();

        assertThat(kernel.rename(path("old"), path("data"))).isZero();

        assertThat(open("old", RW)).isEqualTo(-Errno.ENOENT);
        int renamed = open("data", RW);
        assertThat(Statx.of(kernel, renamed).size()).isEqualTo(7);
        assertThat(kernel.rename(path("old"), path("new"))).isEqualTo(-Errno.ENOENT);
        assertThat(kernel.rename(path("data"), path("none/file"))).isEqualTo(-Errno.ENOENT);
        kernel.close(old);
        kernel.close(renamed);
    }

    @Test
    void fchmodChangesPermissionsButNotTheType() {
        int mode = Statx.of(kernel, file).mode();

        assertThat(kernel.fchmod(file, 0604)).isZero();

        assertThat(Statx.of(kernel, file).mode()).isEqualTo(mode & ~0777 | 0604);
        assertThat(kernel.fchmod(-1, 0604)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void fchownKeepsIdsOfMinusOne() {
        assertThat(kernel.fchown(file, -1, -1)).isZero();
        assertThat(kernel.fchown(-1, -1, -1)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void extendedAttributesAreBytes() {
        byte[] name = "user.test".getBytes(StandardCharsets.US_ASCII);
        byte[] data = path("data");
        MemorySegment value = arena.allocateFrom(JAVA_BYTE, (byte) 0, (byte) 0xff, (byte) 0);
        MemorySegment read = block('x');
        assertThat(kernel.getxattr(data, name, 0, 0)).isEqualTo(-Errno.ENODATA);
        assertThat(kernel.fremovexattr(file, name)).isEqualTo(-Errno.ENODATA);

        assertThat(kernel.fsetxattr(file, name, value.address(), 2)).isZero();
        assertThat(kernel.fsetxattr(file, name, value.address(), 3)).isZero();

        assertThat(kernel.getxattr(data, name, 0, 0)).isEqualTo(3);
        assertThat(kernel.getxattr(data, name, read.address(), 2)).isEqualTo(-Errno.ERANGE);
        assertThat(kernel.getxattr(data, name, read.address(), BLOCK)).isEqualTo(3);
        assertThat(read.asSlice(0, 3).mismatch(value)).isEqualTo(-1);
        byte[] open = ("/proc/self/fd/" + file).getBytes(StandardCharsets.US_ASCII);
        assertThat(kernel.getxattr(open, name, read.address(), BLOCK)).isEqualTo(3);
        int length = kernel.listxattr(open, read.address(), BLOCK);
        assertThat(new String(read.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.US_ASCII))
                .contains("user.test\0");
        assertThat(kernel.listxattr(data, 0, 0)).isEqualTo(length);
        assertThat(kernel.fremovexattr(file, name)).isZero();
        assertThat(kernel.getxattr(data, name, 0, 0)).isEqualTo(-Errno.ENODATA);
    }

    @Test
    void extendedAttributesReportErrors() {
        byte[] name = "user.test".getBytes(StandardCharsets.US_ASCII);
        byte[] noNamespace = "test".getBytes(StandardCharsets.US_ASCII);
        MemorySegment value = block('x');
        assertThat(kernel.fsetxattr(-1, name, value.address(), 1)).isEqualTo(-Errno.EBADF);
        assertThat(kernel.fsetxattr(file, noNamespace, value.address(), 1)).isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(kernel.fremovexattr(-1, name)).isEqualTo(-Errno.EBADF);
        assertThat(kernel.getxattr(path("none"), name, 0, 0)).isEqualTo(-Errno.ENOENT);
        assertThat(kernel.listxattr(path("none"), 0, 0)).isEqualTo(-Errno.ENOENT);
    }

    /** Virtual threads take the memory for errno from a pool: each must still see its own error. */
    @Test
    void eachThreadSeesItsOwnError() throws InterruptedException {
        AtomicInteger wrong = new AtomicInteger();
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            boolean even = i % 2 == 0;
            Runnable body = () -> {
                for (int n = 0; n < 500; n++) {
                    int answer = even ? kernel.close(-1) : open("none", RW);
                    if (answer != (even ? -Errno.EBADF : -Errno.ENOENT)) {
                        wrong.incrementAndGet();
                    }
                }
            };
            threads[i] =
                    i < 4 ? Thread.ofVirtual().start(body) : Thread.ofPlatform().start(body);
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(wrong).hasValue(0);
    }
}
