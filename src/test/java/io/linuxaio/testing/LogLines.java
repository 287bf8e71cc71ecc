package io.linuxaio.testing;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Captures the lines that the library logs while it is open. */
public final class LogLines extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.linuxaio");
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<Throwable> thrown = new CopyOnWriteArrayList<>();
    private final Set<Long> threads = ConcurrentHashMap.newKeySet();

    /** Begins to capture. */
    public LogLines() {
        logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord entry) {
        lines.add(formatter.formatMessage(entry));
        threads.add(entry.getLongThreadID());
        if (entry.getThrown() != null) {
            thrown.add(entry.getThrown());
        }
    }

    @Override
    public void flush() {
        // Nothing is buffered.
    }

    /** Returns the exceptions that were logged. */
    public List<Throwable> thrown() {
        return thrown;
    }

    /** Returns the identifiers of the threads that have logged. */
    public Set<Long> threads() {
        return threads;
    }

    /** Returns how many lines contain these words. */
    public long count(String words) {
        return lines.stream().filter(line -> line.contains(words)).count();
    }

    /** Returns the lines so far. */
    public List<String> lines() {
        return lines;
    }

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
