package io.linuxaio.bench.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** A reader and writer of results. */
final class Json {
    static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ObjectNode error(String message) {
        return object().put("error", message.replace('\n', ' '));
    }

    /** The object on the last line that a program printed; where there is none, {@code error} says what was there. */
    static ObjectNode result(Programs.Ended ended) {
        try {
            if (MAPPER.readTree(ended.lastLine()) instanceof ObjectNode result) {
                return result;
            }
        } catch (JsonProcessingException noJson) {
            // Told below, with what the program said.
        }
        return error("ended with " + ended.status() + " and no result; "
                + (ended.errors().isEmpty() ? crash(ended) : ended.errors()));
    }

    /** Returns the report of a JVM that crashed, as far as it fits a line; of others, the last line. */
    private static String crash(Programs.Ended ended) {
        return ended.output()
                .lines()
                .map(line -> line.replaceFirst("^# *", ""))
                .filter(line -> line.startsWith("SIG") || line.startsWith("C  [") || line.startsWith("V  ["))
                .reduce((a, b) -> a + "; " + b)
                .orElse(ended.lastLine());
    }

    static List<Double> numbers(JsonNode array) {
        List<Double> numbers = new ArrayList<>();
        array.forEach(each -> numbers.add(each.asDouble()));
        return numbers;
    }
}
