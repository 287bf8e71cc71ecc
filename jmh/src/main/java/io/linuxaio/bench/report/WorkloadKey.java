package io.linuxaio.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;

/** The workload of a table, which is its key. */
record WorkloadKey(String target, String operation, boolean random, boolean direct, int block, int depth, int threads)
        implements Comparable<WorkloadKey> {
    private static final Comparator<WorkloadKey> ORDER = Comparator.comparing(WorkloadKey::target)
            .thenComparing(WorkloadKey::operation)
            .thenComparing(WorkloadKey::random)
            .thenComparing(WorkloadKey::direct)
            .thenComparing(WorkloadKey::block)
            .thenComparing(WorkloadKey::depth)
            .thenComparing(WorkloadKey::threads);

    static WorkloadKey of(JsonNode line) {
        return new WorkloadKey(
                line.path("target").asText(),
                line.path("operation").asText(),
                line.path("random").asBoolean(),
                line.path("direct").asBoolean(),
                line.path("block").asInt(),
                line.path("depth").asInt(),
                // Results of before there were more.
                line.path("threads").asInt(1));
    }

    @Override
    public int compareTo(WorkloadKey other) {
        return ORDER.compare(this, other);
    }

    /** Without the depth. */
    String withoutDepth() {
        return family() + ofThreads();
    }

    /** Without the number of threads. */
    String withoutThreads() {
        return family() + ofDepth();
    }

    private String ofDepth() {
        return ", depth " + depth;
    }

    private String ofThreads() {
        return threads == 1 ? "" : ", " + threads + " threads";
    }

    private String family() {
        return target + " " + (random ? "random" : "sequential") + " " + operation + ", " + size()
                + (direct ? "" : ", through the page cache");
    }

    private String size() {
        return block % 1024 == 0 ? block / 1024 + " KiB" : block + " B";
    }

    /** For a file's name. */
    String slug() {
        return toString().replaceAll("[^A-Za-z0-9]+", "-");
    }

    @Override
    public String toString() {
        return family() + ofDepth() + ofThreads();
    }
}
