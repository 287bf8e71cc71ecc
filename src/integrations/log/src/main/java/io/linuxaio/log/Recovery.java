package io.linuxaio.log;

import io.linuxaio.AioContext;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;

/**
 * Reads a log from its beginning, as its last process has left it: passes the records on, finds their end, and tells a torn
 * tail from corruption.
 *
 * <p>All but the last segment state in the header of their successor where their records end; anything else is corruption.
 * The records of the last segment end where no valid group follows. If a group behind that end states that the log was
 * durable beyond the end when it was written, durable records are missing: corruption. Otherwise the power failed while
 * groups were being written that no sync had covered.
 */
final class Recovery {
    private final AioContext aio;
    private final LogDirectory directory;
    private final long replayFrom;
    private final OptionalLong truncateAt;
    private final LogRecordHandler handler;
    private final List<SegmentHeader> headers = new ArrayList<>();
    private long end;
    private boolean continuable = true;
    private boolean truncated;

    Recovery(
            AioContext aio,
            LogDirectory directory,
            long replayFrom,
            OptionalLong truncateAt,
            LogRecordHandler handler) {
        this.aio = aio;
        this.directory = directory;
        this.replayFrom = replayFrom;
        this.truncateAt = truncateAt;
        this.handler = handler;
    }

    /** Returns the intact segments, in order. */
    List<SegmentHeader> segments() {
        return headers;
    }

    /** Returns the position behind the last record. */
    long end() {
        return end;
    }

    /**
     * Returns {@code false} if the records of the last segment are followed by groups that are not part of the log. The next
     * record must begin another segment then, or these could be taken for records later.
     */
    boolean isContinuable() {
        return continuable;
    }

    /** Returns {@code true} if the log was truncated at a damage. Another segment must begin at once: its header ends this one. */
    boolean isTruncated() {
        return truncated;
    }

    /** Reads the log. */
    void run() throws IOException {
        NavigableMap<Long, Path> files = directory.segments();
        if (!files.isEmpty()) {
            end = files.firstKey();
        }
        requireStart(end);
        try {
            LogCorruptException damage = readHeaders(files);
            for (int i = 0; i < headers.size(); i++) {
                readRecords(headers.get(i), i + 1 < headers.size() ? headers.get(i + 1) : null);
            }
            if (damage != null) {
                throw damage;
            }
        } catch (LogCorruptException e) {
            truncate(files, e);
        }
        if (end < replayFrom) {
            throw new FileSystemException(
                    directory.path().toString(),
                    null,
                    "the log ends at position " + end + ", before " + replayFrom + ", from which it is to be replayed");
        }
    }

    private void requireStart(long start) throws IOException {
        if (replayFrom >= 0 && replayFrom < start) {
            throw new FileSystemException(
                    directory.path().toString(),
                    null,
                    "the log begins at position " + start + ", after " + replayFrom
                            + ", from which it is to be replayed");
        }
    }

    /** Reads the headers up to the first that is damaged or missing, and returns that damage or {@code null}. */
    private LogCorruptException readHeaders(NavigableMap<Long, Path> files) throws IOException {
        long expected = end;
        for (Map.Entry<Long, Path> file : files.entrySet()) {
            if (file.getKey() != expected) {
                return new LogCorruptException(directory.segment(expected), expected, 0, "a segment is missing");
            }
            try (SegmentReader reader = SegmentReader.open(aio, file.getValue(), expected)) {
                headers.add(reader.header());
                expected = reader.header().limit();
            } catch (LogCorruptException e) {
                return e;
            }
        }
        return null;
    }

    private void readRecords(SegmentHeader header, SegmentHeader next) throws IOException {
        long limit = next == null ? Long.MAX_VALUE : next.previousEnd();
        if (limit <= replayFrom) {
            end = limit;
            return;
        }
        end = header.first();
        try (SegmentReader reader = SegmentReader.open(aio, directory.segment(header.base()), header.base())) {
            Group group;
            while (end < limit && (group = reader.groupAt(reader.next(end))) != null && group.end() <= limit) {
                group.forEach(replayFrom, handler);
                end = group.end();
            }
            Group stray = next == null ? reader.strayAfter(end) : null;
            if (next == null ? stray != null && stray.durable() > end : end != limit) {
                long at = reader.next(end);
                throw new LogCorruptException(reader.path(), at, at - header.base(), "a group of records is damaged");
            }
            continuable = stray == null;
        }
    }

    /** Gives up the records from a damage on, if the caller has agreed to exactly that. */
    private void truncate(NavigableMap<Long, Path> files, LogCorruptException damage) throws IOException {
        if (truncateAt.isEmpty() || truncateAt.getAsLong() != damage.position()) {
            throw damage;
        }
        // The last one first: what is left, should this be interrupted, is again a log with the same damage.
        for (Path file : files.tailMap(damage.position(), true).descendingMap().values()) {
            directory.cut(file);
        }
        headers.removeIf(header -> header.base() >= damage.position());
        truncated = true;
    }
}
