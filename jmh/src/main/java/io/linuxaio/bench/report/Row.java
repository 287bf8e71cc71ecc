package io.linuxaio.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * The results of a contender in a workload. A null component was not measured.
 *
 * @param wallRatio of each run to the median of the C program's runs in the same round
 * @param processorRatio likewise
 * @param wall nanoseconds for each operation
 * @param processor nanoseconds for each operation
 * @param switches of context for each operation
 * @param bytes allocated for each operation
 * @param syscalls for each operation, by name
 * @param latencies by percentile, in nanoseconds
 * @param trouble the reason for missing results
 */
record Row(
        WorkloadKey workload,
        String contender,
        String group,
        String reference,
        Spread wallRatio,
        Spread processorRatio,
        Spread wall,
        Spread processor,
        Spread switches,
        Spread bytes,
        Map<String, Double> syscalls,
        Map<String, Spread> latencies,
        List<String> trouble) {

    boolean isMeasured() {
        return wall != null;
    }

    JsonNode json(ObjectMapper mapper) {
        ObjectNode node = mapper.valueToTree(this);
        node.put("wide", wallRatio != null && wallRatio.isWide());
        return node;
    }
}
