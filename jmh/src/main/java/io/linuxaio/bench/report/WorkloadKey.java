package io.linuxaio.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;

/** What a table is about. */
record WorkloadKey(String target, String operation, boolean random, boolean direct, int block, int depth)
        implements Comparable<WorkloadKey> {
    private static final Comparator<WorkloadKey> ORDER = Comparator.comparing(WorkloadKey::target)
            .thenComparing(WorkloadKey::operation)
            .thenComparing(WorkloadKey::random)
            .thenComparing(WorkloadKey::direct)
            .thenComparing(WorkloadKey::block)
            .thenComparing(WorkloadKey::depth);

    static WorkloadKey of(JsonNode line) {
        return new WorkloadKey(
                line.path("target").asText(),
                line.path("operation").asText(),
                line.path("random").asBoolean(),
                line.path("direct").asBoolean(),
                line.path("block").asInt(),
                line.path("depth").asInt());
    }

    @Override
    public int compareTo(WorkloadKey other) {
        return ORDER.compare(this, other);
    }

    /** Without the depth. */
    String family() {
        return target + " " + (random ? "random" : "sequential") + " " + operation + ", " + size()
                + (direct ? "" : ", through the page cache");
    }

    private String size() {
        return block % 1024 == 0 ? block / 1024 + " KiB" : block + " B";
    }

    /** For a file's name. */
    String slug() {
        return (family() + " depth " + depth).replaceAll("[^A-Za-z0-9]+", "-");
    }

    @Override
    public String toString() {
        return family() + ", depth " + depth;
    }
}
