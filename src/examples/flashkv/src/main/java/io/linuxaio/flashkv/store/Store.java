package io.linuxaio.flashkv.store;

import io.linuxaio.log.LogCorruptException;
import io.linuxaio.log.LogWriter;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A durable keyspace. Opening it recovers the data: the snapshot, and the log from the snapshot's position on. Safe for use by
 * any thread.
 */
public final class Store implements AutoCloseable {
    private static final int RECORD_OVERHEAD = 64 << 10;
    private static final String READ_ONLY = "ERR a command that does not write has written";

    private final LongSupplier clock = System::currentTimeMillis;
    private final Keyspace keyspace = new Keyspace();
    private final StoreSettings settings;
    private final DataDirectory directory;
    private final LogWriter log;
    private final WriteQueue queue;
    private final Compactor compactor;
    private final Sweeper sweeper;

    private Store(StoreSettings settings, DataDirectory directory, Consumer<String> console) throws IOException {
        this.settings = settings;
        this.directory = directory;
        Progress progress = new Progress(console);
        long position =
                new SnapshotReader(directory.snapshot(), settings.truncateSnapshotAt(), keyspace, progress).read();
        log = openLog(position, progress);
        requireBeginning(position);
        progress.onEnd(keyspace.size());
        long base = position < 0 ? log.start() : position;
        compactor = new Compactor(keyspace, log, base, directory, settings, console);
        queue = new WriteQueue(keyspace, log, clock, compactor::onPublished);
        sweeper = new Sweeper(keyspace, queue, clock, log.maxRecordSize());
    }

    /**
     * Opens a store.
     *
     * @param console receives messages
     */
    public static Store open(StoreSettings settings, Consumer<String> console) throws IOException {
        DataDirectory directory = DataDirectory.open(settings.directory());
        try {
            return new Store(settings, directory, console);
        } catch (Throwable e) {
            directory.close();
            throw e;
        }
    }

    private LogWriter openLog(long replayFrom, Progress progress) throws IOException {
        LogWriter.Builder builder = LogWriter.builder(directory.log())
                .durability(settings.durability())
                .segmentSize(settings.segmentSize())
                .bufferSize(bufferSize(settings.maxRequest()));
        if (replayFrom >= 0) {
            builder.replayFrom(replayFrom);
        }
        if (settings.truncateAt() >= 0) {
            builder.truncateAt(settings.truncateAt());
        }
        MutationReader mutations = new MutationReader(keyspace);
        long size = lengthOf(directory.log());
        long[] first = {-1};
        try {
            return builder.open((position, record) -> {
                first[0] = first[0] < 0 ? position : first[0];
                try {
                    mutations.applyAll(record);
                } catch (IOException e) {
                    throw new FileSystemException(
                            directory.log().toString(),
                            null,
                            e.getMessage() + ", in the record at position " + position + " of the log; it was written"
                                    + " by a later flashkv, or by another program");
                }
                progress.onRecord(position - first[0], size);
            });
        } catch (LogCorruptException e) {
            throw new FileSystemException(
                    e.path().toString(),
                    null,
                    "the log is damaged, at position " + e.position() + ", byte " + e.offset()
                            + " of the file; restore the file, or start with --truncate-at " + e.position()
                            + ", which gives up all writes from there on");
        }
    }

    /** Refuses a log whose beginning was discarded, if there is no snapshot in its place. */
    private void requireBeginning(long replayedFrom) throws IOException {
        if (replayedFrom < 0 && log.start() > 0) {
            log.close();
            throw new FileSystemException(
                    directory.snapshot().toString(),
                    null,
                    "the snapshot is missing, and the log begins at position " + log.start() + "; restore the file");
        }
    }

    /** Returns the length of the buffers of a log whose records can contain any request of the given size. */
    public static int bufferSize(int maxRequest) {
        return maxRequest + Batch.MAX_PIPELINE + RECORD_OVERHEAD;
    }

    private static long lengthOf(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        long length = 0;
        try (DirectoryStream<Path> segments = Files.newDirectoryStream(directory, "*.log")) {
            for (Path segment : segments) {
                length += Files.size(segment);
            }
        }
        return length;
    }

    /** Runs commands that do not write, on the thread that calls. */
    public void read(Batch batch) {
        batch.run(new CommittedView(keyspace, clock.getAsLong(), READ_ONLY));
    }

    /** Runs commands that do not write but look at several entries, to which no batch of writes is half visible. */
    public void readConsistently(Batch batch) {
        keyspace.readConsistently(() -> read(batch));
    }

    /** Runs commands of which some write, and returns when the writes are acknowledged by the log, or refused. */
    public void write(Batch batch) {
        queue.execute(batch);
    }

    /** Returns the number of entries, with those that have expired and were not removed yet. */
    public long size() {
        return keyspace.size();
    }

    /** Returns facts about the store for {@code INFO}, as lines of name and value. */
    public String describe() {
        return """
                log_start:%d
                log_durable_up_to:%d
                log_refusal:%s
                snapshots:%d
                snapshot_failure:%s
                expired_keys:%d
                keys_bytes:%d
                expires:%d
                """.formatted(
                        log.start(),
                        log.durableUpTo(),
                        queue.refusal(),
                        compactor.snapshots(),
                        compactor.failure(),
                        sweeper.swept(),
                        keyspace.bytes(),
                        keyspace.expiring());
    }

    /** Stops the sweeper and the compactor, and closes the log. No command may be under way. */
    @Override
    public void close() throws IOException {
        sweeper.close();
        compactor.close();
        try (directory) {
            log.close();
        }
    }
}
