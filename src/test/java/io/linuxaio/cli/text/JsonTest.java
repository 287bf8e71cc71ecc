package io.linuxaio.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The JSON writer, which follows RFC 8259 for any name of a file. */
class JsonTest {
    @Test
    void writesEachKindOfValue() {
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("p99.9", 12L);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("text", "a");
        json.put("whole", 1L << 40);
        json.put("fraction", 1e7 / 3);
        json.put("truth", false);
        json.put("nothing", null);
        json.put("list", List.of(512, 1024));
        json.put("object", inner);
        json.put("empty", Map.of());
        json.put("none", List.of());

        assertThat(Json.of(json)).isEqualTo("""
                {
                  "text": "a",
                  "whole": 1099511627776,
                  "fraction": 3333333.333,
                  "truth": false,
                  "nothing": null,
                  "list": [512, 1024],
                  "object": {
                    "p99.9": 12
                  },
                  "empty": {},
                  "none": []
                }""");
    }

    @Test
    void writesNotANumberAsNull() {
        assertThat(Json.of(Map.of("x", Double.NaN))).contains("\"x\": null");
        assertThat(Json.of(Map.of("x", Double.POSITIVE_INFINITY))).contains("\"x\": null");
    }

    @Test
    void escapesStrings() {
        assertThat(Json.of(Map.of("x", "a\"b\\c\nd\te\u0001f\u007f")))
                .contains("\"a\\\"b\\\\c\\nd\\te\\u0001f\\u007f\"");
        assertThat(Json.of(Map.of("x", "\ud83d\ude00 ä"))).contains("\"\\ud83d\\ude00 ä\"");
        assertThat(Json.of(Map.of("x", "\ud83d"))).contains("\"\\ud83d\"");
        assertThat(Json.of(Map.of("x", "\ude00"))).contains("\"\\ude00\"");
    }
}
