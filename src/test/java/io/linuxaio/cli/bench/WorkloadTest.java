package io.linuxaio.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The order of blocks in a bench: sequential or random, and reproducible by the seed. */
class WorkloadTest {
    private static final int BLOCK = 512;
    private static final long BLOCKS = 16;

    private static List<Long> positions(Workload workload, int count) {
        List<Long> positions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            workload.next();
            positions.add(workload.position());
        }
        return positions;
    }

    @Test
    void aSequentialWorkloadWrapsToTheFirstBlock() {
        Workload workload = new Workload(BenchMode.WRITE, 50, BLOCK, 3, 1);

        assertThat(positions(workload, 5)).containsExactly(0L, 512L, 1024L, 0L, 512L);
        assertThat(workload.read()).isFalse();
    }

    @Test
    void aRandomWorkloadReachesEveryBlockAndNoOther() {
        Set<Long> seen = new HashSet<>(positions(new Workload(BenchMode.RANDREAD, 50, BLOCK, BLOCKS, 7), 2000));

        assertThat(seen).hasSize((int) BLOCKS).allMatch(position -> position % BLOCK == 0 && position < BLOCKS * BLOCK);
    }

    @Test
    void theSeedDeterminesTheOrder() {
        List<Long> first = positions(new Workload(BenchMode.RANDRW, 50, BLOCK, 1 << 20, 7), 100);

        assertThat(positions(new Workload(BenchMode.RANDRW, 50, BLOCK, 1 << 20, 7), 100))
                .isEqualTo(first);
        assertThat(positions(new Workload(BenchMode.RANDRW, 50, BLOCK, 1 << 20, 8), 100))
                .isNotEqualTo(first);
    }

    @Test
    void theMixIsTheShareOfReads() {
        assertThat(readsOfThousand(100)).isEqualTo(1000);
        assertThat(readsOfThousand(0)).isZero();
        // Five standard deviations of 1000 draws at 0.7 are 72.
        assertThat(readsOfThousand(70)).isBetween(628, 772);
    }

    private static int readsOfThousand(int mix) {
        Workload workload = new Workload(BenchMode.RANDRW, mix, BLOCK, BLOCKS, 7);
        int reads = 0;
        for (int i = 0; i < 1000; i++) {
            workload.next();
            reads += workload.read() ? 1 : 0;
        }
        return reads;
    }
}
