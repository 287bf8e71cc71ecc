package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Types that report statistics: new ones can be added later, and all are printed. */
class ReportedFiguresTest {
    @ParameterizedTest
    @ValueSource(
            classes = {
                AioStats.class,
                AioProbeResult.class,
                AioLimits.class,
                AioAtomicWriteLimits.class,
                AioAlignment.class
            })
    void usersCanNeitherConstructNorDeconstructThem(Class<?> type) {
        assertThat(type.isRecord()).isFalse();
        assertThat(Modifier.isFinal(type.getModifiers())).isTrue();
        assertThat(type.getConstructors()).isEmpty();
    }

    /** Returns figures in which each is a multiple of a number, and so many reads took twice so many nanoseconds. */
    private static AioStats.Figures figures(int n) {
        LatencyCounters reads = new LatencyCounters();
        for (int i = 0; i < n; i++) {
            reads.add(2L * n);
        }
        return new AioStats.Figures(
                n,
                2L * n,
                3L * n,
                4L * n,
                5L * n,
                6 * n,
                7 * n,
                8L * n,
                9L * n,
                10L * n,
                11L * n,
                12L * n,
                13L * n,
                14L * n,
                reads.snapshot(),
                AioLatencies.NONE,
                AioLatencies.NONE);
    }

    @Test
    void toStringNamesEachAccessor() {
        AioStats stats = new AioStats(figures(1));

        assertThat(stats)
                .hasToString("AioStats[submitted=1, succeeded=2, failed=3, bytesRead=4, bytesWritten=5, inFlight=6,"
                        + " maxInFlight=7, queueFullCount=8, nowaitRefusals=9, offloaded=10, shortTransfers=11,"
                        + " submitRetries=12, strayEvents=13, reaperWakeups=14,"
                        + " readLatencies=1 operations, p50 PT0.000000002S, p99 PT0.000000002S, p99.9 PT0.000000002S, max PT0.000000002S,"
                        + " writeLatencies=0 operations, p50 PT0S, p99 PT0S, p99.9 PT0S, max PT0S,"
                        + " syncLatencies=0 operations, p50 PT0S, p99 PT0S, p99.9 PT0S, max PT0S]");
        assertThat(ProbeFindings.allWorks(Path.of("/data"), 512))
                .hasToString("AioProbeResult[path=/data, filesystem=ext4, directIo=true,"
                        + " alignment=Optional[AioAlignment[memory=512, offset=512]], alignmentSource=statx,"
                        + " asynchronousIo=true, problem=Optional.empty]");
        assertThat(new AioLimits(65_536, 128)).hasToString("AioLimits[max=65536, used=128]");
        assertThat(new AioAtomicWriteLimits(512, 4096, 1))
                .hasToString("AioAtomicWriteLimits[minUnit=512, maxUnit=4096, maxSegments=1]");
    }

    @Test
    void sumsKeepTheGreaterMaximum() {
        AioStats one = new AioStats(figures(1));
        AioStats two = new AioStats(figures(10));

        assertThat(one.plus(two))
                .hasToString(
                        "AioStats[submitted=11, succeeded=22, failed=33, bytesRead=44, bytesWritten=55, inFlight=66,"
                                + " maxInFlight=70, queueFullCount=88, nowaitRefusals=99, offloaded=110, shortTransfers=121,"
                                + " submitRetries=132, strayEvents=143, reaperWakeups=154,"
                                + " readLatencies=11 operations, p50 PT0.00000002S, p99 PT0.00000002S, p99.9 PT0.00000002S, max PT0.00000002S,"
                                + " writeLatencies=0 operations, p50 PT0S, p99 PT0S, p99.9 PT0S, max PT0S,"
                                + " syncLatencies=0 operations, p50 PT0S, p99 PT0S, p99.9 PT0S, max PT0S]");
        assertThat(one.plus(AioStats.NONE)).hasToString(one.toString());
    }

    @Test
    void usageAboveTheLimitLeavesNothingFree() {
        assertThat(new AioLimits(100, 30).free()).isEqualTo(70);
        assertThat(new AioLimits(100, 130).free()).isZero();
    }

    @Test
    void alignmentsWithTheSameValuesAreEqual() {
        AioAlignment alignment = new AioAlignment(512, 4096);

        assertThat(alignment).isEqualTo(new AioAlignment(512, 4096)).hasSameHashCodeAs(new AioAlignment(512, 4096));
        assertThat(alignment)
                .isNotEqualTo(new AioAlignment(512, 512))
                .isNotEqualTo(new AioAlignment(4096, 4096))
                .isNotEqualTo(new Object());
    }
}
