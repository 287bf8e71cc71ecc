package io.linuxaio.log;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * A write-ahead log with group commit. Any number of threads append; one thread of the log commits. What arrives while a
 * commit is under way shares the next: one write, and one flush of the device, for all of them.
 *
 * <p>A log is a directory of segments: files that are allocated and written once before they are used, and recycled when the
 * beginning of the log is {@linkplain #discardBefore discarded}. Commits bypass the page cache ({@code O_DIRECT}). Bytes of
 * durable records are never written again while they are part of the log.
 *
 * <p>Opening a log reads it: the handler that {@link Builder#open(LogRecordHandler)} takes receives all records before the
 * log is open. A torn tail, which a killed process or a power failure can leave, is cut. A damaged record before that end is
 * refused with {@link LogCorruptException}.
 *
 * <p>Safe for use by any thread. Futures complete on the log's thread, so callbacks must be short, and must not wait for a
 * record of this log. The threads of a log are daemons and inherit nothing from the thread that opens it. The memory of a log
 * is that of two buffers of {@link Builder#bufferSize}, of the futures of the records in them, and two mebibytes. If the
 * buffers are full, {@code append} waits.
 */
public final class LogWriter implements AutoCloseable {
    private final LogResources resources;
    private final SegmentSupply supply;
    private final SegmentList segments;
    private final PendingGroups pending;
    private final Committer committer;
    private final Thread thread;
    private final int maxRecordSize;
    private boolean released;

    LogWriter(
            Builder settings,
            LogResources resources,
            SegmentSupply supply,
            SegmentList segments,
            Segment segment,
            long end,
            boolean segmentIsFull) {
        this.resources = resources;
        this.supply = supply;
        this.segments = segments;
        maxRecordSize = settings.maxRecordSize();
        pending = new PendingGroups(resources.groupBuffer(settings), resources.groupBuffer(settings));
        committer = new Committer(settings, pending, segments, segment, end, segmentIsFull, this::releaseIfClosed);
        thread = LogThreads.daemon("linux-aio-log", committer);
        pending.committer(thread);
    }

    /**
     * Returns a builder with the defaults.
     *
     * @param directory the directory of the log, which {@code open} creates if it is missing; its parent must exist
     * @return the builder
     */
    public static Builder builder(Path directory) {
        return new Builder(directory);
    }

    /**
     * Appends a record. The bytes are copied before this method returns.
     *
     * @param record the record, which may be empty
     * @return a future that completes with the record's position, at the moment that {@link LogDurability} states. The table
     *     in the package description has its failures. Cancelling it does not take the record back
     * @throws IllegalArgumentException if the record is longer than {@link #maxRecordSize}
     * @throws IllegalStateException if there is no room and a callback on the log's own thread appends
     */
    public CompletableFuture<Long> append(byte[] record) {
        return append(MemorySegment.ofArray(record));
    }

    /**
     * Appends the remaining bytes of a buffer as {@link #append(byte[])} does. The buffer's position does not change.
     *
     * @param record the record
     * @return the future
     * @throws IllegalArgumentException if the record is longer than {@link #maxRecordSize}
     * @throws IllegalStateException if there is no room and a callback on the log's own thread appends
     */
    public CompletableFuture<Long> append(ByteBuffer record) {
        return append(MemorySegment.ofBuffer(record));
    }

    /**
     * Appends a segment of memory as {@link #append(byte[])} does.
     *
     * @param record the record, on the heap or native
     * @return the future
     * @throws IllegalArgumentException if the record is longer than {@link #maxRecordSize}
     * @throws IllegalStateException if there is no room and a callback on the log's own thread appends, or if the segment's
     *     arena is closed
     * @throws WrongThreadException if the segment is confined to another thread
     */
    public CompletableFuture<Long> append(MemorySegment record) {
        StackRoom.require();
        if (record.byteSize() > maxRecordSize) {
            throw new IllegalArgumentException("the record has " + record.byteSize() + " bytes, and at most "
                    + maxRecordSize + " are possible; raise bufferSize");
        }
        return pending.append(record);
    }

    /**
     * Makes all records durable that were appended before, whatever the durability of the log.
     *
     * @return a future that completes with {@link #durableUpTo}; it fails as that of an append does
     */
    public CompletableFuture<Long> sync() {
        StackRoom.require();
        return pending.sync();
    }

    /**
     * Returns the position up to which the log is durable: all records at smaller positions are.
     *
     * @return the position
     */
    public long durableUpTo() {
        return committer.durable();
    }

    /**
     * Returns the position at which the log begins. No record has a smaller one.
     *
     * @return the position
     */
    public long start() {
        return segments.start();
    }

    /**
     * Returns the maximum length of a record.
     *
     * @return bytes
     */
    public int maxRecordSize() {
        return maxRecordSize;
    }

    /**
     * Discards the beginning of the log and recycles its segments. Only whole segments are discarded, so records before the
     * position may remain, and {@link #start} may be smaller than it.
     *
     * @param position the position of the first record that is still needed
     * @throws IllegalArgumentException if the position is greater than {@link #durableUpTo}
     * @throws java.nio.channels.ClosedChannelException if the log is closed
     * @throws IOException if a file cannot be renamed or deleted, or its directory not be synced. The log goes on; the
     *     segments discarded before that stay discarded
     */
    public void discardBefore(long position) throws IOException {
        StackRoom.require();
        if (position > durableUpTo()) {
            throw new IllegalArgumentException(
                    "the log is durable up to " + durableUpTo() + " and cannot be discarded before " + position);
        }
        segments.discardBefore(position);
    }

    /**
     * Opens a reader of the durable records of this log. It can be used until the log is closed.
     *
     * @param from the position from which records are read; it need not be that of a record
     * @return the reader, to be closed
     * @throws IOException if the log begins after this position
     */
    public LogReader reader(long from) throws IOException {
        StackRoom.require();
        return new LogReader(resources.aio(), segments, committer::durable, from);
    }

    /**
     * Closes the log: accepts no more records, commits and syncs those that were appended before, and releases the directory.
     * Closing again has no effect. In a callback on the log's own thread, this method does not wait.
     *
     * @throws IOException if records that the log had accepted could not be made durable while it was closed, or a file
     *     could not be closed. The log is closed nevertheless. If the log has failed before, this method does not throw
     */
    @Override
    public void close() throws IOException {
        StackRoom.require();
        boolean failedBefore = pending.failure() != null;
        pending.close();
        if (Thread.currentThread() == thread) {
            return;
        }
        joinUninterruptibly();
        release();
        if (!failedBefore && pending.failure() != null) {
            throw new LogFailedException(
                    pending.failure().getMessage(), pending.failure().getCause());
        }
    }

    void startThread() {
        thread.start();
    }

    private void joinUninterruptibly() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Called on the log's thread when it ends: a callback on it may have closed the log. */
    private void releaseIfClosed() {
        if (pending.isClosed()) {
            try {
                release();
            } catch (IOException e) {
                // Closing a file that is synced: the records are safe.
                return;
            }
        }
    }

    private synchronized void release() throws IOException {
        if (!released) {
            released = true;
            segments.close();
            try (resources;
                    supply) {
                committer.close();
            }
        }
    }

    @Override
    public String toString() {
        return "log " + resources.directory().path() + ", from " + start() + ", durable up to " + durableUpTo();
    }

    /** Settings of a log. The sizes may differ from those with which it was opened before. */
    public static final class Builder {
        private static final int MEBI = 1 << 20;
        private static final int MIN_BUFFER = 4096;
        private static final int MAX_BUFFER = 1 << 30;
        private static final int MIN_BLOCK = 512;

        final Path path;
        long segmentSize = 64L * MEBI;
        int bufferSize = MEBI;
        int blockSize = SegmentHeader.MIN_BLOCK;
        int maxSpares = 2;
        LogDurability durability = LogDurability.ALWAYS;
        LogForce force = LogForce.DSYNC;
        Duration syncInterval = Duration.ofSeconds(1);
        long replayFrom = -1;
        OptionalLong truncateAt = OptionalLong.empty();

        private Builder(Path directory) {
            path = Objects.requireNonNull(directory, "directory");
        }

        /**
         * Sets the moment at which records are durable. The default is {@link LogDurability#ALWAYS}.
         *
         * @param moment the moment
         * @return this builder
         */
        public Builder durability(LogDurability moment) {
            durability = Objects.requireNonNull(moment, "moment");
            return this;
        }

        /**
         * Sets the way in which {@link LogDurability#ALWAYS} makes records durable. The default is {@link LogForce#DSYNC}.
         *
         * @param way the way
         * @return this builder
         */
        public Builder force(LogForce way) {
            force = Objects.requireNonNull(way, "way");
            return this;
        }

        /**
         * Sets the maximum time between a write and its sync with {@link LogDurability#INTERVAL}. The default is one second.
         *
         * @param interval the interval, longer than zero
         * @return this builder
         * @throws IllegalArgumentException if the interval is not longer than zero
         */
        public Builder syncInterval(Duration interval) {
            if (!interval.isPositive()) {
                throw new IllegalArgumentException("the interval must be longer than zero: " + interval);
            }
            syncInterval = interval;
            return this;
        }

        /**
         * Sets the length of new segments, in bytes. The default is 64 MiB. At opening, the last segment is read as a whole.
         *
         * @param bytes a multiple of the block size and of 4096; {@code open} throws if a full buffer does not fit
         * @return this builder
         * @throws IllegalArgumentException if it is not a multiple of 4096
         */
        public Builder segmentSize(long bytes) {
            if (bytes <= 0 || bytes % SegmentHeader.MIN_BLOCK != 0) {
                throw new IllegalArgumentException("the segment size must be a multiple of 4096: " + bytes);
            }
            segmentSize = bytes;
            return this;
        }

        /**
         * Sets the maximum length of a group, in bytes, from 4096 to 1 GiB. The default is 1 MiB. The log has two such
         * buffers. A record has at most 44 bytes less.
         *
         * @param bytes the length
         * @return this builder
         * @throws IllegalArgumentException if the length is out of range
         */
        public Builder bufferSize(int bytes) {
            if (bytes < MIN_BUFFER || bytes > MAX_BUFFER) {
                throw new IllegalArgumentException("the buffer size must be from 4096 bytes to 1 GiB: " + bytes);
            }
            bufferSize = bytes;
            return this;
        }

        /**
         * Sets the unit of writes, in bytes, a power of two from 512 to 1 MiB. Each commit takes at least one such block. The
         * default, 4096, suits all devices. 512 saves space on devices whose physical sectors are that small.
         *
         * @param bytes the unit
         * @return this builder
         * @throws IllegalArgumentException if it is not such a power of two
         */
        public Builder blockSize(int bytes) {
            if (Integer.bitCount(bytes) != 1 || bytes < MIN_BLOCK || bytes > MEBI) {
                throw new IllegalArgumentException("the block size must be a power of two from 512 to 1 MiB: " + bytes);
            }
            blockSize = bytes;
            return this;
        }

        /**
         * Sets the maximum number of files that are kept for later segments. The default is 2. With 0, none is made ahead of
         * need, and discarded segments are deleted.
         *
         * @param files the number
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder maxSpares(int files) {
            if (files < 0) {
                throw new IllegalArgumentException("the number of files must not be negative: " + files);
            }
            maxSpares = files;
            return this;
        }

        /**
         * Sets the position from which records are read when the log is opened, that of a snapshot for example. Segments
         * before it are not read. It must be a position up to which the log {@linkplain LogWriter#durableUpTo was durable},
         * and not have been discarded. The default is the beginning of the log.
         *
         * @param position the position
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder replayFrom(long position) {
            if (position < 0) {
                throw new IllegalArgumentException("the position must not be negative: " + position);
            }
            replayFrom = position;
            return this;
        }

        /**
         * Agrees to the loss of all records from a damage on, if the log is damaged at exactly this position. Segments behind
         * the damaged one are renamed to {@code *.cut} and can be deleted. Without such a damage, this has no effect.
         *
         * @param position that of {@link LogCorruptException#position}
         * @return this builder
         */
        public Builder truncateAt(long position) {
            truncateAt = OptionalLong.of(position);
            return this;
        }

        int maxRecordSize() {
            return bufferSize - Group.HEADER - Group.PREFIX;
        }

        /**
         * Opens the log and ignores the records in it, which are checked nevertheless.
         *
         * @return the log, to be closed
         * @throws IOException as {@link #open(LogRecordHandler)} does
         */
        public LogWriter open() throws IOException {
            return open((_, _) -> {});
        }

        /**
         * Opens the log, or creates it in an empty directory: locks the directory, passes all records to a handler, cuts a
         * torn tail, and starts the log's thread. If this method throws, nothing stays open.
         *
         * @param handler receives the records, on the calling thread
         * @return the log, to be closed
         * @throws LogCorruptException if durable records are damaged or missing
         * @throws LogVersionException if a segment has a later format
         * @throws FileSystemException if the log is open already, in this process or another one; or if it does not contain
         *     the position to replay from
         * @throws IOException if the handler throws it, or a file or the directory cannot be used
         * @throws IllegalArgumentException if a full buffer does not fit into a segment, or the segment size is no multiple
         *     of the block size
         * @throws UnsupportedOperationException if Linux AIO is not available
         */
        public LogWriter open(LogRecordHandler handler) throws IOException {
            StackRoom.require();
            Objects.requireNonNull(handler, "handler");
            if (segmentSize % blockSize != 0) {
                throw new IllegalArgumentException(
                        "the segment size must be a multiple of the block size: " + segmentSize + ", " + blockSize);
            }
            long needed = Math.max(SegmentHeader.MIN_BLOCK, blockSize) + Layout.roundUp(bufferSize, blockSize);
            if (segmentSize < needed) {
                throw new IllegalArgumentException("a segment of " + segmentSize
                        + " bytes is too small for a buffer of " + bufferSize + ": it needs " + needed);
            }
            return LogOpening.open(this, handler);
        }
    }
}
