package io.linuxaio.log.bench;

import io.linuxaio.log.LogForce;
import io.linuxaio.log.LogWriter;
import java.io.IOException;
import java.nio.file.Path;

/** This library's log. The beginning is discarded as it grows, so that segments are recycled as in a server. */
final class AioLog implements BenchLog {
    private static final long KEPT = 64 << 20;

    private final LogWriter log;

    AioLog(Path directory, LogForce force) throws IOException {
        log = LogWriter.builder(directory).force(force).open();
    }

    @Override
    public void append(byte[] record) throws IOException {
        long position = log.append(record).join();
        if (position - log.start() > 2 * KEPT) {
            discard();
        }
    }

    private synchronized void discard() throws IOException {
        if (log.durableUpTo() - log.start() > 2 * KEPT) {
            log.discardBefore(log.durableUpTo() - KEPT);
        }
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
