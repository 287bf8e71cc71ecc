package io.linuxaio.powerfailures;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DurableRecordTest {
    private final MemorySegment block = MemorySegment.ofArray(new byte[DurableRecord.SIZE]);

    @Test
    void readsItsOwnFormat() {
        for (Guarantee guarantee : Guarantee.values()) {
            DurableRecord written = new DurableRecord(guarantee, 1L << 40, 12);
            written.writeTo(block, new Random(1));

            assertThat(DurableRecord.read(block)).contains(written);
        }
    }

    @Test
    void aBlockOfZeroesIsNoRecord() {
        assertThat(DurableRecord.read(block)).isEmpty();
    }

    @Test
    void aChangeOfAnyByteIsNoticed() {
        new DurableRecord(Guarantee.SYNC, 3, 2).writeTo(block, new Random(1));

        for (long at = 0; at < DurableRecord.SIZE; at++) {
            byte before = block.get(ValueLayout.JAVA_BYTE, at);
            block.set(ValueLayout.JAVA_BYTE, at, (byte) ~before);
            assertThat(DurableRecord.read(block)).as("byte %d", at).isEmpty();
            block.set(ValueLayout.JAVA_BYTE, at, before);
        }
    }

    @Test
    void aTornRecordIsNoticed() {
        MemorySegment later = MemorySegment.ofArray(new byte[DurableRecord.SIZE]);
        Random random = new Random(1);
        for (int sectors = 1; sectors < DurableRecord.SIZE / WriteLog.SECTOR; sectors++) {
            new DurableRecord(Guarantee.SYNC, 3, 2).writeTo(block, random);
            new DurableRecord(Guarantee.SYNC, 67, 66).writeTo(later, random);
            MemorySegment.copy(later, 0, block, 0, (long) sectors * WriteLog.SECTOR);

            assertThat(DurableRecord.read(block)).as("%d sectors", sectors).isEmpty();
        }
    }
}
