package io.linuxaio.powerfailures;

import java.util.EnumMap;
import java.util.Map;

/**
 * The records that must be on a disk after a power failure, and its line of text.
 *
 * @param disk its name, such as {@code r7-ext4}
 * @param kind a replay, or a control
 * @param entry the entry of the log before which the power failed
 * @param acknowledged the highest acknowledged number of each guarantee
 */
record Expectation(String disk, Kind kind, int entry, Map<Guarantee, Long> acknowledged) {
    /** The kind of a power failure. */
    enum Kind {
        /** A good disk: nothing may be lost. */
        REPLAY,
        /** A disk that forgot flushes of acknowledged records: their loss must be noticed. */
        CONTROL,
        /** A disk that forgot flushes, but not of acknowledged records. */
        HARMLESS_CONTROL
    }

    /** Returns this as a line. */
    String format() {
        StringBuilder line = new StringBuilder("%s %s %d".formatted(disk, kind, entry));
        acknowledged.forEach((guarantee, number) -> line.append(" %s=%d".formatted(guarantee, number)));
        return line.toString();
    }

    /** Returns the expectation of a line. */
    static Expectation parse(String line) {
        String[] words = line.split(" ");
        Map<Guarantee, Long> acknowledged = new EnumMap<>(Guarantee.class);
        for (int i = 3; i < words.length; i++) {
            String[] pair = words[i].split("=");
            acknowledged.put(Guarantee.valueOf(pair[0]), Long.valueOf(pair[1]));
        }
        return new Expectation(words[0], Kind.valueOf(words[1]), Integer.parseInt(words[2]), acknowledged);
    }

    /** Returns the number of acknowledged records, of all guarantees. */
    long countAcknowledged() {
        return acknowledged.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns the number of records that must be there, of all guarantees. */
    long countRequired() {
        return acknowledged.entrySet().stream()
                .mapToLong(each -> each.getKey().countRequired(each.getValue()))
                .sum();
    }
}
