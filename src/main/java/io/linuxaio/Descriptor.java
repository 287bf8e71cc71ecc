package io.linuxaio;

import io.linuxaio.internal.engine.FileDevice;
import io.linuxaio.internal.engine.KnownLength;
import io.linuxaio.internal.engine.NowaitHeuristic;
import io.linuxaio.internal.engine.RefCount;
import io.linuxaio.internal.engine.Uninterruptibles;
import io.linuxaio.internal.engine.reap.Reaper;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FallocateMode;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.internal.kernel.PathBytes;
import io.linuxaio.internal.kernel.Statx;
import java.io.IOException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A reference-counted file descriptor. It is closed only when no operation uses it, so that its number cannot become that
 * of another file under an operation.
 */
final class Descriptor {
    /** {@code SEEK_END} of {@code lseek(2)}. */
    private static final int SEEK_END = 2;

    /** {@code SEEK_DATA} and {@code SEEK_HOLE} of {@code lseek(2)}. */
    private static final int SEEK_DATA = 3;

    private static final int SEEK_HOLE = 4;

    /** {@code LOCK_SH}, {@code LOCK_EX}, {@code LOCK_NB} and {@code LOCK_UN} of {@code flock(2)}. */
    private static final int LOCK_SHARED = 1;

    private static final int LOCK_EXCLUSIVE = 2;
    private static final int LOCK_NONBLOCK = 4;
    private static final int LOCK_UNLOCK = 8;

    /** The time after which a waiting close checks if the number could not be closed, in nanoseconds. */
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final Kernel kernel;
    private final Path path;
    private final int number;
    private final boolean blockDevice;
    private final FileKey key;
    private final int preferredBlockSize;
    private final FileDevice device;
    private final RefCount uses = new RefCount(this::closeNumber);
    private final NowaitHeuristic nowaitReads = new NowaitHeuristic();
    private final NowaitHeuristic nowaitWrites = new NowaitHeuristic();
    private final KnownLength length = new KnownLength();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** The lock that this file has or that a thread waits for, or null. */
    private final AtomicReference<AioFileLock> held = new AtomicReference<>();

    private volatile int closeAnswer;
    private boolean closeBegun;

    /** A descriptor of the same file without {@code O_DIRECT}; null until it is needed. */
    private volatile Descriptor cached;

    /** @param status the attributes of the file when it was opened */
    Descriptor(Kernel kernel, Path path, int number, Statx status, FileDevice device) {
        this.kernel = kernel;
        this.path = path;
        this.number = number;
        blockDevice = status.isBlockDevice();
        key = FileKey.of(status);
        preferredBlockSize = status.blockSize();
        this.device = device;
    }

    private Descriptor(Descriptor direct, int number) {
        kernel = direct.kernel;
        path = direct.path;
        this.number = number;
        blockDevice = direct.blockDevice;
        key = direct.key;
        preferredBlockSize = direct.preferredBlockSize;
        device = direct.device;
    }

    Kernel kernel() {
        return kernel;
    }

    Path path() {
        return path;
    }

    int number() {
        return number;
    }

    NowaitHeuristic nowaitReads() {
        return nowaitReads;
    }

    NowaitHeuristic nowaitWrites() {
        return nowaitWrites;
    }

    /** The length that {@link #size} returned last. */
    KnownLength length() {
        return length;
    }

    FileDevice device() {
        return device;
    }

    RefCount uses() {
        return uses;
    }

    boolean isBlockDevice() {
        return blockDevice;
    }

    FileKey key() {
        return key;
    }

    int preferredBlockSize() {
        return preferredBlockSize;
    }

    /**
     * Returns a descriptor that writes the same file through the page cache. It is opened at the first call, by
     * {@code /proc/self/fd}, and closed with this one.
     *
     * @param flags further flags of {@code open(2)}
     */
    Descriptor cached(int flags) throws IOException {
        Descriptor present = cached;
        return present == null ? openCached(flags) : present;
    }

    private synchronized Descriptor openCached(int flags) throws IOException {
        if (cached == null) {
            byte[] name = PathBytes.of(Path.of("/proc/self/fd/" + number));
            int opened = (int) call(
                    "open /proc/self/fd/" + number + " to write through the page cache",
                    () -> kernel.open(name, flags | OFlags.WRITE_ONLY | OFlags.CLOSE_ON_EXEC, 0));
            boolean kept = false;
            try {
                cached = new Descriptor(this, opened);
                kept = true;
            } finally {
                if (!kept) {
                    kernel.close(opened);
                }
            }
            if (uses.isClosed()) {
                cached.uses.close();
            }
        }
        return cached;
    }

    long size() throws IOException {
        long size = blockDevice
                ? call("size", () -> kernel.lseek(number, 0, SEEK_END))
                : status("size").size();
        length.set(size);
        return size;
    }

    Optional<AioAtomicWriteLimits> atomicWrites() throws IOException {
        Statx.AtomicWrites writes = status("atomicWrites").atomicWrites();
        return writes.largest() == 0
                ? Optional.empty()
                : Optional.of(new AioAtomicWriteLimits(writes.smallest(), writes.largest(), writes.segments()));
    }

    void setLength(long length) throws IOException {
        call("setLength", () -> kernel.ftruncate(number, length));
    }

    void allocate(long position, long length) throws IOException {
        allocate(FallocateMode.EXTEND, position, length);
    }

    void allocate(int mode, long position, long length) throws IOException {
        call("allocate", () -> kernel.fallocate(number, mode, position, length));
    }

    void force(boolean metaData) throws IOException {
        call("force", () -> metaData ? kernel.fsync(number) : kernel.fdatasync(number));
    }

    void advise(int advice, long position, long length) throws IOException {
        call("advise", () -> kernel.fadvise(number, position, length, advice));
    }

    /** Locks the file; returns empty if another open file has a conflicting lock and the caller does not wait. */
    Optional<AioFileLock> lock(boolean shared, boolean waits) throws IOException {
        AioFileLock lock = new AioFileLock(this, shared);
        if (!held.compareAndSet(null, lock)) {
            throw new OverlappingFileLockException();
        }
        boolean locked = false;
        try {
            int operation = (shared ? LOCK_SHARED : LOCK_EXCLUSIVE) | (waits ? 0 : LOCK_NONBLOCK);
            locked = call("lock", () -> flock(operation)) == 0;
            return locked ? Optional.of(lock) : Optional.empty();
        } finally {
            if (!locked) {
                held.set(null);
            }
        }
    }

    /** Returns 0, 1 if the lock is not free, or -errno. */
    private int flock(int operation) {
        int answer;
        do {
            answer = kernel.flock(number, operation);
            // The seam gives up after many signals; a lock is waited for nevertheless.
        } while (answer == -Errno.EINTR);
        return answer == -Errno.EAGAIN && (operation & LOCK_NONBLOCK) != 0 ? 1 : answer;
    }

    boolean isLockedBy(AioFileLock lock) {
        return held.get() == lock && !uses.isClosed();
    }

    synchronized void unlock(AioFileLock lock) throws IOException {
        if (held.get() != lock) {
            return;
        }
        if (uses.tryAcquire()) {
            int answer;
            try {
                answer = kernel.flock(number, LOCK_UNLOCK);
                held.compareAndSet(lock, null);
            } finally {
                uses.release();
            }
            if (answer < 0) {
                throw Errors.ofFile("unlock", path, -answer);
            }
        }
    }

    /** Reserves space as {@link #allocate(long, long)} does, and leaves the length as it is. */
    void reserve(long position, long length) throws IOException {
        allocate(FallocateMode.KEEP_SIZE, position, length);
    }

    /** Sets or clears {@code O_DIRECT}. */
    void setDirect(boolean direct) throws IOException {
        call("fcntl", () -> OFlags.setDirect(kernel, number, direct));
    }

    /** Returns the start of the next data at or after a position; {@link Long#MAX_VALUE} if there is none. */
    long nextData(long from) throws IOException {
        return seek(SEEK_DATA, from, from);
    }

    /** Returns the end of the data at a position. */
    long nextHole(long from) throws IOException {
        return seek(SEEK_HOLE, from, Long.MAX_VALUE);
    }

    // EINVAL: the filesystem does not support holes, and all is data. ENXIO: no data from there on.
    private long seek(int whence, long from, long ifUnknown) throws IOException {
        return call("seek", () -> {
            long answer = kernel.lseek(number, from, whence);
            return answer == -Errno.ENXIO ? Long.MAX_VALUE : answer == -Errno.EINVAL ? ifUnknown : answer;
        });
    }

    private Statx status(String operation) throws IOException {
        Statx[] status = new Statx[1];
        call(operation, () -> {
            status[0] = Statx.of(kernel, number);
            return status[0].error();
        });
        return status[0];
    }

    /** A system call on the number, which returns ≥ 0 or -errno. */
    private interface Call {
        long make();
    }

    private long call(String operation, Call call) throws IOException {
        if (!uses.tryAcquire()) {
            throw Errors.closedFile(path);
        }
        try {
            long answer = call.make();
            if (answer < 0) {
                throw Errors.ofFile(operation, path, (int) -answer);
            }
            return answer;
        } finally {
            uses.release();
        }
    }

    /** Closes to new uses; the number is closed when the last use ends. */
    void closeWhenIdle() {
        Leftovers.recoverIfPossible();
        uses.close();
    }

    /** Closes to new uses, and waits until the number is closed; on a reaper thread it does not wait. */
    void close() throws IOException {
        Leftovers.recoverIfPossible();
        uses.close();
        if (Reaper.isAnyCurrentThread() && closed.getCount() > 0) {
            return;
        }
        while (!Uninterruptibles.await(closed, RETRY_NANOS)) {
            // The thread that ended the last use may have reached the end of its stack.
            Leftovers.recoverIfPossible();
            uses.close();
        }
        Descriptor second = cached;
        if (second != null) {
            second.close();
        }
        int answer = takeCloseAnswer();
        if (answer < 0) {
            throw Errors.ofFile("close", path, -answer);
        }
    }

    /** Returns the kernel's answer to closing the number; afterwards 0, since closing again has no effect. */
    private synchronized int takeCloseAnswer() {
        int answer = closeAnswer;
        closeAnswer = 0;
        return answer;
    }

    private void closeNumber() {
        // Called again after an Error, but never closed twice: the number may be that of another file by then.
        if (!closeBegun) {
            closeBegun = true;
            closeAnswer = kernel.close(number);
        }
        Descriptor second = cached;
        if (second != null) {
            second.uses.close();
        }
        closed.countDown();
    }
}
