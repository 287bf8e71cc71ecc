package io.linuxaio.log;

import java.io.IOException;
import java.util.List;

/** The steps in which a log is opened: lock, recovery, the segment to continue, the thread. */
final class LogOpening {
    private final LogWriter.Builder settings;
    private final LogResources resources;
    private SegmentSupply supply;
    private Segment segment;

    private LogOpening(LogWriter.Builder settings, LogResources resources) {
        this.settings = settings;
        this.resources = resources;
    }

    static LogWriter open(LogWriter.Builder settings, LogRecordHandler handler) throws IOException {
        LogOpening opening = new LogOpening(settings, LogResources.open(settings));
        try {
            return opening.run(handler);
        } catch (Throwable e) {
            opening.undo();
            throw e;
        }
    }

    private LogWriter run(LogRecordHandler handler) throws IOException {
        Recovery recovery =
                new Recovery(resources.aio(), resources.directory(), settings.replayFrom, settings.truncateAt, handler);
        recovery.run();
        // A process that was killed may have renamed files that are written to from here on.
        resources.directory().sync();
        supply = resources.supply(settings);
        supply.adopt();
        SegmentList segments = new SegmentList(
                resources.directory(), supply, settings.segmentSize, settings.blockSize, recovery.segments());
        long end = openLast(recovery, segments);
        boolean full = !recovery.isTruncated()
                && (!recovery.isContinuable()
                        || !segment.isAligned()
                        || segment.header().blockSize() != settings.blockSize);
        LogWriter log = new LogWriter(settings, resources, supply, segments, segment, end, full);
        log.startThread();
        return log;
    }

    /** Opens the segment in which the log goes on, and returns the position behind its last record. */
    private long openLast(Recovery recovery, SegmentList segments) throws IOException {
        List<SegmentHeader> present = recovery.segments();
        if (present.isEmpty()) {
            return begin(segments, recovery.end(), recovery.end());
        }
        SegmentHeader last = present.getLast();
        segment = Segment.open(resources.aio(), segments.path(last), last);
        // A process that was killed may have written records that the device does not have yet.
        segment.dataSync();
        if (recovery.isTruncated()) {
            segment.close();
            return begin(segments, last.limit(), recovery.end());
        }
        return recovery.end();
    }

    private long begin(SegmentList segments, long base, long previousEnd) throws IOException {
        SegmentSupply.Unnamed first = segments.prepare(base, previousEnd);
        segment = first.segment();
        segments.append(first);
        return segment.header().first();
    }

    private void undo() {
        try (resources) {
            if (segment != null) {
                segment.close();
            }
            if (supply != null) {
                supply.close();
            }
        } catch (IOException | RuntimeException e) {
            // The failure that is thrown says why the log is not open.
            return;
        }
    }
}
