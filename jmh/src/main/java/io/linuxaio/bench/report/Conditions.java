package io.linuxaio.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The conditions of a measurement.
 *
 * @param start the first line: machine, rounds, whether quick
 * @param notes notes on missing contenders and targets
 * @param idle the load of the machine before each round
 * @param complete whether the run was completed
 */
record Conditions(JsonNode start, List<String> notes, List<JsonNode> idle, boolean complete) {
    static Conditions of(List<JsonNode> raw) {
        JsonNode start = new ObjectMapper().createObjectNode();
        List<String> notes = new ArrayList<>();
        List<JsonNode> idle = new ArrayList<>();
        boolean complete = false;
        for (JsonNode line : raw) {
            switch (line.path("type").asText()) {
                case "start" -> start = line;
                case "note" -> notes.add(line.path("text").asText());
                case "idle" -> idle.add(line);
                case "end" -> complete = line.path("complete").asBoolean();
                default -> {
                    // A result.
                }
            }
        }
        return new Conditions(start, notes, idle, complete);
    }

    JsonNode json(ObjectMapper mapper) {
        ObjectNode node = mapper.createObjectNode().put("complete", complete);
        node.set("start", start);
        node.set("notes", mapper.valueToTree(notes));
        node.set("idle", mapper.valueToTree(idle));
        return node;
    }

    /** Returns the warnings that a reader needs before any figure. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (!complete) {
            warnings.add("**The run was cut short: this is what there was by then.**");
        }
        if (start.path("quick").asBoolean()) {
            warnings.add("**A quick run shows that everything works; its figures mean nothing.**");
        }
        long disturbed =
                idle.stream().filter(each -> !each.path("idle").asBoolean()).count();
        if (disturbed > 0) {
            JsonNode worst = idle.stream()
                    .max((a, b) -> Double.compare(
                            a.path("busy").asDouble(), b.path("busy").asDouble()))
                    .orElseThrow();
            warnings.add("**The machine was not idle before " + disturbed + " of " + idle.size()
                    + " rounds** (at worst: load " + worst.path("load") + ", processors busy by "
                    + Math.round(100 * worst.path("busy").asDouble()) + " %).");
        }
        return warnings;
    }
}
