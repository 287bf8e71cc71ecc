package io.linuxaio.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The report on the raw results in a directory: results.json, results.md and plots. */
public final class Report {
    /** The raw results: a JSON object on each line. */
    public static final String RAW = "results.jsonl";

    /** The table. */
    public static final String TABLE = "results.md";

    static final List<String> PERCENTILES = List.of("p50", "p90", "p99", "p999", "p9999", "max");

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Report() {}

    /** Writes what can be made of what is there. */
    public static void write(Path directory) throws IOException {
        List<JsonNode> raw = read(directory.resolve(RAW));
        List<Row> rows = Summary.rows(raw);
        Conditions conditions = Conditions.of(raw);
        ObjectNode all = MAPPER.createObjectNode();
        all.set("conditions", conditions.json(MAPPER));
        rows.forEach(row -> all.withArray("rows").add(row.json(MAPPER)));
        MAPPER.writerWithDefaultPrettyPrinter()
                .writeValue(directory.resolve("results.json").toFile(), all);
        List<String> plots = Plots.draw(rows, directory);
        Files.writeString(directory.resolve(TABLE), Markdown.of(conditions, rows, plots));
    }

    private static List<JsonNode> read(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            try {
                lines.add(MAPPER.readTree(line));
            } catch (JsonProcessingException cutOff) {
                // The last line of a run that was killed.
                System.err.println("bench: a line that is no JSON was left out of " + file);
            }
        }
        return lines;
    }
}
