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

    @Test
    void toStringNamesEachAccessor() {
        AioStats stats = new AioStats(new AioStats.Figures(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14));

        assertThat(stats)
                .hasToString("AioStats[submitted=1, succeeded=2, failed=3, bytesRead=4, bytesWritten=5, inFlight=6,"
                        + " maxInFlight=7, queueFullCount=8, nowaitRefusals=9, offloaded=10, shortTransfers=11,"
                        + " submitRetries=12, strayEvents=13, reaperWakeups=14]");
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
        AioStats one = new AioStats(new AioStats.Figures(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14));
        AioStats two = new AioStats(new AioStats.Figures(10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140));

        assertThat(one.plus(two))
                .hasToString(
                        new AioStats(new AioStats.Figures(11, 22, 33, 44, 55, 66, 70, 88, 99, 110, 121, 132, 143, 154))
                                .toString());
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
