package io.linuxaio.random;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** The number of operations of each kind in a {@link RandomWalk}. */
public final class OperationCounts {
    private final Map<Kind, LongAdder> counts = new EnumMap<>(Kind.class);
    private final LongAdder submittedToContexts = new LongAdder();

    OperationCounts() {
        for (Kind kind : Kind.values()) {
            counts.put(kind, new LongAdder());
        }
    }

    /** The counted operations; those after the first few are started in more than one way. */
    public enum Kind {
        READS,
        WRITES,
        VECTORED_READS,
        VECTORED_WRITES,
        APPENDS,
        SYNCS,
        DATA_SYNCS,
        TRUNCATES,
        ALLOCATES,
        IN_BATCHES(false),
        THROUGH_QUEUES(false),
        CANCELLED(false),
        TIMED_OUT(false),
        FAILED(false),
        REFUSED_AT_CLOSING(false),
        CONTEXTS_CLOSED(false),
        QUEUES_CLOSED_IN_FLIGHT(false);

        private final boolean operation;

        Kind() {
            this(true);
        }

        Kind(boolean operation) {
            this.operation = operation;
        }

        static Kind ofTransfer(boolean write, boolean vectored) {
            return write ? vectored ? VECTORED_WRITES : WRITES : vectored ? VECTORED_READS : READS;
        }
    }

    void count(Kind kind) {
        counts.get(kind).increment();
    }

    /** Counts an operation that a context accepted. */
    void submittedToContext() {
        submittedToContexts.increment();
    }

    public long of(Kind kind) {
        return counts.get(kind).sum();
    }

    /** Returns the number of operations that contexts have accepted. */
    long submittedToContexts() {
        return submittedToContexts.sum();
    }

    /** Returns the number of all operations. */
    public long operations() {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().operation)
                .mapToLong(entry -> entry.getValue().sum())
                .sum();
    }

    @Override
    public String toString() {
        return counts.entrySet().stream()
                .map(entry -> words(entry.getKey())
                        + ' '
                        + String.format(Locale.ROOT, "%,d", entry.getValue().sum()))
                .collect(Collectors.joining(", "));
    }

    private static String words(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
