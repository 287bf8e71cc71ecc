package io.linuxaio.cli.text;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;

/** A writer of JSON (RFC 8259): maps, collections, strings, numbers, booleans and null. */
public final class Json {
    private Json() {}

    /** Returns an object as indented text, with the keys in the map's order. */
    public static String of(Map<String, ?> object) {
        StringBuilder text = new StringBuilder();
        write(text, object, "");
        return text.toString();
    }

    private static void write(StringBuilder text, Object value, String indent) {
        switch (value) {
            case null -> text.append("null");
            case Map<?, ?> map -> object(text, map, indent);
            case Collection<?> values -> array(text, values, indent);
            case Double number when Double.isNaN(number) || Double.isInfinite(number) -> text.append("null");
            case Double number -> text.append(String.format(Locale.ROOT, "%.3f", number));
            case Number number -> text.append(number);
            case Boolean truth -> text.append(truth);
            default -> string(text, value.toString());
        }
    }

    private static void object(StringBuilder text, Map<?, ?> map, String indent) {
        String inner = indent + "  ";
        String separator = "{\n";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            text.append(separator).append(inner);
            string(text, entry.getKey().toString());
            text.append(": ");
            write(text, entry.getValue(), inner);
            separator = ",\n";
        }
        text.append(map.isEmpty() ? "{}" : "\n" + indent + "}");
    }

    private static void array(StringBuilder text, Collection<?> values, String indent) {
        String separator = "[";
        for (Object value : values) {
            text.append(separator);
            write(text, value, indent);
            separator = ", ";
        }
        text.append(values.isEmpty() ? "[]" : "]");
    }

    private static void string(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    // Control characters must be escaped. Lone surrogates, which file names can contain, are not UTF-8.
                    if (c < ' ' || c == 0x7f || Character.isSurrogate(c) && !inPair(value, i)) {
                        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    private static boolean inPair(String value, int i) {
        return Character.isHighSurrogate(value.charAt(i))
                ? i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(value.charAt(i - 1));
    }
}
