package io.linuxaio.internal.engine;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FallocateMode;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.internal.kernel.PathBytes;
import io.linuxaio.internal.kernel.ReleaseCalls;
import io.linuxaio.internal.kernel.Statx;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A handle of an open file: a reference-counted descriptor, with the attributes that operations through this handle carry.
 *
 * <p>The descriptor is closed only when no operation uses it, so that its number cannot become that of another file under an
 * operation. {@linkplain #view Views} share the descriptor and everything that is known of the file. Methods that make a
 * system call return at least 0, {@code -errno}, or {@link #CLOSED}. Safe for use by any thread.
 */
public final class FileHandle {
    /** The answer of a system call that was not made, since the file is closed. It is no {@code -errno}. */
    public static final int CLOSED = Integer.MIN_VALUE;

    /** The answer of {@link #lock} if another open file has a conflicting lock. */
    public static final int LOCKED_BY_OTHER = 1;

    private static final FileDevice UNKNOWN = new FileDevice(new Statx.Device(0, 0));

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

    // Shared by all views.
    private final Kernel kernel;
    private final Path path;
    private final int number;
    private final boolean blockDevice;
    private final FileKey key;
    private final int preferredBlockSize;
    private final FileDevice device;
    private final NowaitHeuristic reads;
    private final NowaitHeuristic writes;
    private final KnownLength length;
    private final Description description;
    private final RefCount uses;

    // Of this view.
    private final int granularity;
    private final boolean appending;
    private final RequestFlags flags;

    /**
     * Creates the handle of a descriptor, which it owns from then on, without attributes.
     *
     * @param path the path in messages
     * @param number the descriptor
     * @param status the attributes of the file when it was opened
     * @param device the device that holds the file
     */
    public FileHandle(Kernel kernel, Path path, int number, Statx status, FileDevice device) {
        this(kernel, path, number, status.isBlockDevice(), FileKey.of(status), status.blockSize(), device);
        length.set(status.size());
    }

    /** Creates the handle of a descriptor, which it owns from then on, of a file of which nothing is known. */
    public FileHandle(Kernel kernel, Path path, int number) {
        this(kernel, path, number, UNKNOWN);
    }

    /** Creates the handle of a descriptor, which it owns from then on, of a file of which only the device is known. */
    FileHandle(Kernel kernel, Path path, int number, FileDevice device) {
        this(kernel, path, number, false, null, 0, device);
    }

    private FileHandle(
            Kernel kernel,
            Path path,
            int number,
            boolean blockDevice,
            FileKey key,
            int preferredBlockSize,
            FileDevice device) {
        this.kernel = kernel;
        this.path = path;
        this.number = number;
        this.blockDevice = blockDevice;
        this.key = key;
        this.preferredBlockSize = preferredBlockSize;
        this.device = device;
        reads = new NowaitHeuristic();
        writes = new NowaitHeuristic();
        length = new KnownLength();
        description = new Description(kernel, number);
        uses = new RefCount(description);
        granularity = 1;
        appending = false;
        flags = RequestFlags.NONE;
    }

    private FileHandle(FileHandle other, int granularity, boolean appending, RequestFlags flags) {
        kernel = other.kernel;
        path = other.path;
        number = other.number;
        blockDevice = other.blockDevice;
        key = other.key;
        preferredBlockSize = other.preferredBlockSize;
        device = other.device;
        reads = other.reads;
        writes = other.writes;
        length = other.length;
        description = other.description;
        uses = other.uses;
        this.granularity = granularity;
        this.appending = appending;
        this.flags = flags;
    }

    /** The open file description of the kernel, which all views share. Closes its descriptor when the last use ends. */
    private static final class Description implements Runnable {
        private final Kernel kernel;
        private final int number;
        private final Latch closed = new Latch();

        /** The lock that this file has or that a thread waits for, or null. */
        private final AtomicReference<Object> lock = new AtomicReference<>();

        private volatile int closeAnswer;
        private boolean closeBegun;

        /** A handle of the same file without {@code O_DIRECT}; null until it is needed. */
        private volatile FileHandle cached;

        Description(Kernel kernel, int number) {
            this.kernel = kernel;
            this.number = number;
        }

        @Override
        public void run() {
            // Called again after an Error, but never closed twice: the number may be that of another file by then.
            if (!closeBegun) {
                // Throws here or not at all.
                StackRoom.requireForRelease();
                closeBegun = true;
                try {
                    closeAnswer = ReleaseCalls.close(kernel, number);
                } catch (OutOfMemoryError e) {
                    // The call was not made.
                    closeBegun = false;
                    throw e;
                }
            }
            FileHandle second = cached;
            if (second != null) {
                second.uses.close();
            }
            closed.open();
        }

        synchronized int takeCloseAnswer() {
            int answer = closeAnswer;
            closeAnswer = 0;
            return answer;
        }
    }

    /**
     * Returns a view: a handle of the same descriptor whose operations carry other attributes.
     *
     * @param granularity the alignment of positions and lengths, in bytes; 1 for none
     * @param appending {@code true} if writes go to the end of the file, whatever their position
     * @param flags the flags that each operation carries
     */
    public FileHandle view(int granularity, boolean appending, RequestFlags flags) {
        return new FileHandle(this, granularity, appending, flags);
    }

    /** Returns the interface to the kernel that has the descriptor. */
    public Kernel kernel() {
        return kernel;
    }

    /** Returns the path in messages. */
    public Path path() {
        return path;
    }

    /** Returns the descriptor, valid while a use is counted. */
    public int number() {
        return number;
    }

    /** Returns the alignment of positions and lengths, in bytes; 1 for none. */
    public int granularity() {
        return granularity;
    }

    /** Returns {@code true} if writes go to the end of the file, whatever their position. */
    public boolean isAppending() {
        return appending;
    }

    /** Returns the flags that each operation carries. */
    public RequestFlags flags() {
        return flags;
    }

    /** Returns the heuristic for reads with {@code RWF_NOWAIT}. */
    NowaitHeuristic reads() {
        return reads;
    }

    /** Returns the heuristic for writes with {@code RWF_NOWAIT}. */
    NowaitHeuristic writes() {
        return writes;
    }

    /** Returns the length that the kernel last reported. */
    KnownLength length() {
        return length;
    }

    /** Returns the device that holds the file. */
    public FileDevice device() {
        return device;
    }

    /** Returns the reference count of the descriptor. */
    public RefCount uses() {
        return uses;
    }

    /** Returns {@code true} if both are handles of the same descriptor. */
    public boolean isViewOf(FileHandle other) {
        return uses == other.uses;
    }

    /** Returns {@code true} if the file is a block device. */
    public boolean isBlockDevice() {
        return blockDevice;
    }

    /** Returns the identity of the file; null if nothing is known of it. */
    public FileKey key() {
        return key;
    }

    /** Returns the size of reads and writes that the filesystem prefers, in bytes. */
    public int preferredBlockSize() {
        return preferredBlockSize;
    }

    /** Returns the handle that {@link #openCached} has opened, or null. */
    public FileHandle cached() {
        return description.cached;
    }

    /**
     * Opens the file once more, to write through the page cache, unless that is done. {@link #cached} then returns the
     * handle, which is closed with this one.
     *
     * @param more further flags of {@code open(2)}
     */
    public int openCached(int more) {
        synchronized (description) {
            if (description.cached != null) {
                return 0;
            }
            byte[] name = PathBytes.of(Path.of("/proc/self/fd/" + number));
            int opened = (int) call(() -> kernel.open(name, more | OFlags.WRITE_ONLY | OFlags.CLOSE_ON_EXEC, 0));
            if (opened < 0) {
                return opened;
            }
            FileHandle second = null;
            try {
                second = new FileHandle(kernel, path, opened, blockDevice, key, preferredBlockSize, device);
                description.cached = second;
            } finally {
                if (second == null) {
                    ReleaseCalls.close(kernel, opened);
                }
            }
            if (uses.isClosed()) {
                second.uses.close();
            }
            return 0;
        }
    }

    /** Returns the length of the file, or the capacity of a block device, in bytes. */
    public long size() {
        long size = blockDevice ? call(() -> kernel.lseek(number, 0, SEEK_END)) : sizeOf(status());
        if (size >= 0) {
            length.set(size);
        }
        return size;
    }

    private static long sizeOf(Statx status) {
        return status == null ? CLOSED : status.error() < 0 ? status.error() : status.size();
    }

    /** Returns the present attributes of the file, or {@link Statx#error the error}; null if the file is closed. */
    public Statx status() {
        Statx[] status = new Statx[1];
        call(() -> {
            status[0] = Statx.of(kernel, number);
            return 0;
        });
        return status[0];
    }

    /** Sets the length of the file, in bytes. */
    public long setLength(long bytes) {
        return call(() -> kernel.ftruncate(number, bytes));
    }

    /** Reserves, releases or zeroes a range, in a mode of {@link FallocateMode}. */
    public long allocate(int mode, long position, long bytes) {
        return call(() -> kernel.fallocate(number, mode, position, bytes));
    }

    /** Makes the data durable, and with it all metadata if so requested. */
    public long force(boolean metaData) {
        return call(() -> metaData ? kernel.fsync(number) : kernel.fdatasync(number));
    }

    /** Gives this file the length and the data of another one, whose extents it shares. */
    public long reflinkTo(FileHandle source) {
        return call(() -> source.call(() -> kernel.reflink(number, source.number)));
    }

    /** Advises the kernel of the expected access to a range. */
    public long advise(int advice, long position, long bytes) {
        return call(() -> kernel.fadvise(number, position, bytes, advice));
    }

    /** Sets or clears {@code O_DIRECT}. */
    public long setDirect(boolean direct) {
        return call(() -> OFlags.setDirect(kernel, number, direct));
    }

    /** Returns the start of the next data at or after a position; {@link Long#MAX_VALUE} if there is none. */
    public long nextData(long from) {
        return seek(SEEK_DATA, from, from);
    }

    /** Returns the end of the data at a position. */
    public long nextHole(long from) {
        return seek(SEEK_HOLE, from, Long.MAX_VALUE);
    }

    // EINVAL: the filesystem does not support holes, and all is data. ENXIO: no data from there on.
    private long seek(int whence, long from, long ifUnknown) {
        return call(() -> {
            long answer = kernel.lseek(number, from, whence);
            return answer == -Errno.ENXIO ? Long.MAX_VALUE : answer == -Errno.EINVAL ? ifUnknown : answer;
        });
    }

    /**
     * Locks the file.
     *
     * @param owner the lock, which {@link #unlock} expects
     * @param shared {@code true} for a shared lock, {@code false} for an exclusive one
     * @param waits {@code true} to wait until no other open file has a conflicting lock
     * @return 0, {@link #LOCKED_BY_OTHER} or an error
     * @throws OverlappingFileLockException if this file has a lock already, or a thread waits for one
     */
    public int lock(Object owner, boolean shared, boolean waits) {
        StackRoom.require();
        if (!description.lock.compareAndSet(null, owner)) {
            throw new OverlappingFileLockException();
        }
        int answer = CLOSED;
        try {
            int operation = (shared ? LOCK_SHARED : LOCK_EXCLUSIVE) | (waits ? 0 : LOCK_NONBLOCK);
            answer = (int) call(() -> flock(operation));
            return answer;
        } finally {
            if (answer != 0) {
                description.lock.set(null);
            }
        }
    }

    private int flock(int operation) {
        int answer;
        do {
            answer = kernel.flock(number, operation);
            // The seam gives up after many signals; a lock is waited for nevertheless.
        } while (answer == -Errno.EINTR);
        return answer == -Errno.EAGAIN && (operation & LOCK_NONBLOCK) != 0 ? LOCKED_BY_OTHER : answer;
    }

    /** Returns {@code true} if the file is open and has this lock. */
    public boolean isLockedBy(Object owner) {
        return description.lock.get() == owner && !uses.isClosed();
    }

    /** Unlocks the file, if it is open and has this lock. Returns 0 or -errno. */
    public int unlock(Object owner) {
        StackRoom.require();
        synchronized (description) {
            if (description.lock.get() != owner || !uses.tryAcquire()) {
                return 0;
            }
            try {
                int answer = kernel.flock(number, LOCK_UNLOCK);
                description.lock.compareAndSet(owner, null);
                return answer;
            } finally {
                uses.release();
            }
        }
    }

    /** A system call on the descriptor, which returns ≥ 0 or -errno. */
    private interface Call {
        long make();
    }

    private long call(Call call) {
        StackRoom.require();
        if (!uses.tryAcquire()) {
            return CLOSED;
        }
        try {
            return call.make();
        } finally {
            uses.release();
        }
    }

    /** Closes to new uses; the descriptor is closed when the last use ends. Another call continues after an Error. */
    public void closeWhenIdle() {
        uses.close();
    }

    /** Returns {@code true} if the file is closed to new uses. */
    public boolean isClosed() {
        return uses.isClosed();
    }

    /** Returns {@code true} if the descriptor is closed. */
    public boolean isDescriptorClosed() {
        return description.closed.isOpen();
    }

    /** Waits until the descriptor is closed, for at most so many nanoseconds. Returns {@code false} if it is not. */
    public boolean awaitDescriptorClosed(long nanos) {
        return description.closed.awaitUninterruptibly(nanos);
    }

    /** Returns the kernel's answer to closing the descriptor; afterwards 0, since closing again has no effect. */
    public int takeCloseAnswer() {
        return description.takeCloseAnswer();
    }
}
