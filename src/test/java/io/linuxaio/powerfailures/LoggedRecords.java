package io.linuxaio.powerfailures;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The records in the writes of a log. */
final class LoggedRecords {
    private record Logged(int entry, DurableRecord content) {}

    private final List<Logged> records = new ArrayList<>();

    LoggedRecords(WriteLog log) {
        for (int i = 0; i < log.size(); i++) {
            WriteLog.Entry entry = log.get(i);
            for (long at = 0; at + DurableRecord.SIZE <= entry.data().byteSize(); at += DurableRecord.SIZE) {
                int index = i;
                DurableRecord.read(entry.data().asSlice(at, DurableRecord.SIZE))
                        .ifPresent(content -> records.add(new Logged(index, content)));
            }
        }
    }

    /** Returns {@code true} if there is none. */
    boolean isEmpty() {
        return records.isEmpty();
    }

    /** Returns the entry that contains the first record. */
    int firstEntry() {
        return records.getFirst().entry();
    }

    /** Returns the entry that contains the last record. */
    int lastEntry() {
        return records.getLast().entry();
    }

    /** Returns the highest number, for each guarantee, that was certainly acknowledged before an entry. */
    Map<Guarantee, Long> acknowledgedBefore(int entry) {
        Map<Guarantee, Long> acknowledged = new EnumMap<>(Guarantee.class);
        for (Guarantee guarantee : Guarantee.values()) {
            acknowledged.put(guarantee, 0L);
        }
        for (Logged each : records) {
            if (each.entry() < entry) {
                acknowledged.merge(each.content().guarantee(), each.content().acknowledged(), Math::max);
            }
        }
        return acknowledged;
    }

    /** Returns {@code true} if a failure lost writes of records that had been acknowledged. */
    boolean losesAcknowledged(PowerFailure failure) {
        Map<Guarantee, Long> acknowledged = acknowledgedBefore(failure.entry());
        return records.stream()
                .anyMatch(each -> each.entry() < failure.entry()
                        && failure.sectorsKept(each.entry()) == 0
                        && each.content().number()
                                <= acknowledged.get(each.content().guarantee()));
    }
}
