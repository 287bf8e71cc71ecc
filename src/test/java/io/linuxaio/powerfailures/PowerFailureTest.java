package io.linuxaio.powerfailures;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PowerFailureTest {
    private static final int TRIES = 2000;

    private final Random random = new Random(1);
    private WriteLog log;
    private LoggedRecords records;

    // Entries 0 and 3 contain records 1 and 2, which are durable by entries 1 and 5; entry 6 shows that 2 was
    // acknowledged.
    @BeforeEach
    void makeLog() throws IOException {
        log = new LogBuilder()
                .write(0, new DurableRecord(Guarantee.DATA_SYNC, 1, 0))
                .flush()
                .write(80, LogBuilder.sectors(2, 1))
                .write(8, new DurableRecord(Guarantee.DATA_SYNC, 2, 1))
                .add(90, 1, WriteLog.FUA, LogBuilder.sectors(1, 2))
                .flush()
                .write(16, new DurableRecord(Guarantee.DATA_SYNC, 3, 2))
                .add(96, 1, WriteLog.FUA, LogBuilder.sectors(1, 3))
                .parse();
        records = new LoggedRecords(log);
    }

    private boolean isFlushed(int write, int end) {
        return log.get(write).isDurable()
                || IntStream.range(write + 1, end)
                        .anyMatch(each -> log.get(each).isFlush());
    }

    @Test
    void flushedWritesAreKept() {
        for (int i = 0; i < TRIES; i++) {
            PowerFailure failure = PowerFailure.choose(log, 1, log.size(), random);
            for (int write = 0; write < failure.entry(); write++) {
                if (isFlushed(write, failure.entry())) {
                    assertThat(failure.sectorsKept(write))
                            .as("entry %d before %d", write, failure.entry())
                            .isEqualTo(log.get(write).sectors());
                }
            }
            assertThat(records.losesAcknowledged(failure)).isFalse();
        }
    }

    @Test
    void otherWritesAreKeptLostOrTorn() {
        Set<Long> kept = new HashSet<>();
        Set<Integer> entries = new HashSet<>();
        for (int i = 0; i < TRIES; i++) {
            PowerFailure failure = PowerFailure.choose(log, 1, log.size(), random);
            entries.add(failure.entry());
            if (failure.entry() > 6) {
                kept.add(failure.sectorsKept(6));
            }
        }

        assertThat(entries).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(kept).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    }

    @Test
    void noMoreThanOneWriteIsTorn() {
        for (int i = 0; i < TRIES; i++) {
            PowerFailure failure = PowerFailure.choose(log, 5, 5, random);
            IntPredicate torn = write -> failure.sectorsKept(write) != 0
                    && failure.sectorsKept(write) != log.get(write).sectors();
            assertThat(IntStream.range(0, 5).filter(torn).count()).isLessThan(2);
        }
    }

    @Test
    void forgottenFlushesLoseAcknowledgedRecords() {
        int losses = 0;
        for (int i = 0; i < TRIES; i++) {
            PowerFailure failure = PowerFailure.chooseWithForgottenFlushes(log, 7, log.size(), random);
            losses += records.losesAcknowledged(failure) ? 1 : 0;
        }

        assertThat(losses).isEqualTo(TRIES);
    }

    @Test
    void aRecordIsAcknowledgedWhenALaterOneSaysSo() {
        assertThat(records.firstEntry()).isZero();
        assertThat(records.lastEntry()).isEqualTo(6);
        assertThat(records.acknowledgedBefore(3)).containsEntry(Guarantee.DATA_SYNC, 0L);
        assertThat(records.acknowledgedBefore(4)).containsEntry(Guarantee.DATA_SYNC, 1L);
        assertThat(records.acknowledgedBefore(6)).containsEntry(Guarantee.DATA_SYNC, 1L);
        assertThat(records.acknowledgedBefore(7))
                .containsEntry(Guarantee.DATA_SYNC, 2L)
                .containsEntry(Guarantee.SYNC, 0L);
    }

    @Test
    void theSeedDeterminesTheChoice() {
        for (int seed = 0; seed < 50; seed++) {
            PowerFailure first = PowerFailure.choose(log, 1, log.size(), new Random(seed));
            PowerFailure second = PowerFailure.choose(log, 1, log.size(), new Random(seed));

            assertThat(second.entry()).isEqualTo(first.entry());
            for (int write = 0; write < first.entry(); write++) {
                assertThat(second.sectorsKept(write)).isEqualTo(first.sectorsKept(write));
            }
        }
    }
}
