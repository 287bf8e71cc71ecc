package io.linuxaio.powerfailures;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;

/** The numbers of the whole records in a file, and their text: {@code 1-40,42}, or {@code none}. */
final class FoundRecords {
    private static final String NONE = "none";

    private FoundRecords() {}

    /**
     * Reads a file of records. A replaced file has a record only if all its blocks contain it, and there is nothing else.
     */
    static BitSet read(Path directory, Guarantee guarantee) throws IOException {
        BitSet found = new BitSet();
        Path file = directory.resolve(guarantee.name());
        if (!Files.exists(file)) {
            return found;
        }
        MemorySegment contents = MemorySegment.ofArray(Files.readAllBytes(file));
        int copies = 0;
        for (long at = 0; at + DurableRecord.SIZE <= contents.byteSize(); at += DurableRecord.SIZE) {
            Optional<DurableRecord> read = DurableRecord.read(contents.asSlice(at, DurableRecord.SIZE));
            long position = guarantee.shape() == Guarantee.Shape.REPLACED ? 0 : at;
            if (read.filter(each -> each.guarantee() == guarantee && guarantee.position(each.number()) == position)
                    .isPresent()) {
                found.set(Math.toIntExact(read.get().number()));
                copies++;
            }
        }
        if (guarantee.shape() == Guarantee.Shape.REPLACED
                && !(found.cardinality() == 1
                        && copies == Guarantee.COPIES
                        && contents.byteSize() == (long) copies * DurableRecord.SIZE)) {
            found.clear();
        }
        return found;
    }

    /** Returns numbers as text. */
    static String format(BitSet numbers) {
        StringBuilder ranges = new StringBuilder();
        for (int from = numbers.nextSetBit(0); from >= 0; ) {
            int end = numbers.nextClearBit(from);
            ranges.append(ranges.isEmpty() ? "" : ",").append(from);
            if (end - from > 1) {
                ranges.append('-').append(end - 1);
            }
            from = numbers.nextSetBit(end);
        }
        return ranges.isEmpty() ? NONE : ranges.toString();
    }

    /** Returns the numbers of a text. */
    static BitSet parse(String text) {
        BitSet numbers = new BitSet();
        if (!text.equals(NONE)) {
            for (String range : text.split(",")) {
                String[] ends = range.split("-");
                numbers.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
            }
        }
        return numbers;
    }
}
