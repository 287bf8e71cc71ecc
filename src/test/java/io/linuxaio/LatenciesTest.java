package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The histograms of latencies, and the operations that they count. */
class LatenciesTest extends FakeKernelFixture {
    @Test
    void eachLatencyIsInTheBucketWithItsBounds() {
        int last = -1;
        for (long nanos = 0; nanos < 1L << 44; nanos += 1 + nanos / 37) {
            int bucket = LatencyCounters.bucket(nanos);
            assertThat(bucket).isBetween(last, LatencyCounters.BUCKETS - 1);
            assertThat(LatencyCounters.lowerBound(bucket)).isLessThanOrEqualTo(nanos);
            if (bucket < LatencyCounters.BUCKETS - 1) {
                assertThat(LatencyCounters.lowerBound(bucket + 1)).isGreaterThan(nanos);
            }
            last = bucket;
        }
        assertThat(LatencyCounters.bucket(Long.MAX_VALUE)).isEqualTo(LatencyCounters.BUCKETS - 1);
        assertThat(LatencyCounters.bucket(-1)).isZero();
        for (int bucket = 0; bucket < LatencyCounters.BUCKETS; bucket++) {
            assertThat(LatencyCounters.bucket(LatencyCounters.lowerBound(bucket)))
                    .isEqualTo(bucket);
        }
    }

    @Test
    void percentilesAreExactToASixteenth() {
        Random random = new Random(27);
        long[] all = random.longs(10_001, 0, 1L << 34)
                .map(x -> x >>> random.nextInt(30))
                .toArray();
        LatencyCounters counters = new LatencyCounters();
        Arrays.stream(all).forEach(counters::add);
        Arrays.sort(all);

        AioLatencies latencies = counters.snapshot();
        for (double percent : new double[] {0, 1, 50, 90, 99, 99.9, 99.99, 100}) {
            long exact = all[(int) Math.max(0, Math.ceil(all.length * (percent / 100)) - 1)];
            assertThat(latencies.percentile(percent).toNanos()).isBetween(exact, exact + exact / 16 + 1);
        }
        assertThat(latencies.count()).isEqualTo(all.length);
        assertThat(latencies.max().toNanos()).isEqualTo(all[all.length - 1]);
        assertThat(latencies.mean().toNanos()).isEqualTo(Arrays.stream(all).sum() / all.length);

        AtomicLong sum = new AtomicLong();
        AtomicLong end = new AtomicLong(-1);
        latencies.forEachBucket((from, to, count) -> {
            assertThat(from).isGreaterThan(end.getAndSet(to));
            sum.addAndGet(count);
        });
        assertThat(sum).hasValue(all.length);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 100.1, Double.NaN, Double.NEGATIVE_INFINITY})
    void aPercentileOutsideTheRangeIsRefused(double percent) {
        assertThatThrownBy(() -> AioLatencies.NONE.percentile(percent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 to 100");
    }

    @Test
    void withoutOperationsAllIsZero() {
        assertThat(AioLatencies.NONE.count()).isZero();
        assertThat(AioLatencies.NONE.mean()).isZero();
        assertThat(AioLatencies.NONE.max()).isZero();
        assertThat(AioLatencies.NONE.percentile(99)).isZero();
    }

    @Test
    void operationsAreCountedByTheirKind() throws IOException {
        AioContext aio = open(AioContext.builder().queueDepth(8).latencySampling(1));
        AioFile file = file(aio);
        file.write(block(1), 0).join();
        file.read(block(2), 0).join();
        file.read(block(2), 0).join();
        file.sync().join();
        file.dataSync().join();
        file.dataSync().join();
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> one = batch.read(file, block(3), 0);
        CompletableFuture<Integer> two = batch.write(file, block(4), BLOCK);
        batch.submit();
        one.join();
        two.join();

        AioStats stats = aio.stats();
        assertThat(stats.readLatencies().count()).isEqualTo(3);
        assertThat(stats.writeLatencies().count()).isEqualTo(2);
        assertThat(stats.syncLatencies().count()).isEqualTo(3);
        assertThat(stats.readLatencies().max()).isPositive().isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void theTimeInTheKernelIsMeasured() throws IOException {
        AioContext aio = open(AioContext.builder().queueDepth(8).latencySampling(1));
        AioFile file = file(aio);
        kernel.hold();
        long before = System.nanoTime();
        CompletableFuture<Integer> write = file.write(block(1), 0);
        long submitted = System.nanoTime();
        while (System.nanoTime() - submitted < 20_000_000) {
            Thread.onSpinWait();
        }
        long held = System.nanoTime() - submitted;
        kernel.releaseAll();
        write.join();
        long all = System.nanoTime() - before;

        assertThat(aio.stats().writeLatencies().max().toNanos()).isBetween(held, all);
        assertThat(aio.stats().writeLatencies().percentile(50).toNanos()).isCloseTo(held, within(all));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, AioContext.Builder.DEFAULT_LATENCY_SAMPLING})
    void aSampleIsMeasured(int sampling) throws IOException {
        AioContext aio = open(AioContext.builder().queueDepth(1).latencySampling(sampling));
        AioFile file = file(aio);
        int operations = 300 * sampling;
        for (int i = 0; i < operations; i++) {
            file.write(block(1), 0).join();
        }

        assertThat(aio.stats().writeLatencies().count()).isBetween(200L, 400L);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1_000_001, Integer.MIN_VALUE})
    void aSamplingOutsideTheRangeIsRefused(int sampling) {
        assertThatThrownBy(() -> AioContext.builder().latencySampling(sampling))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(sampling));
    }

    @Test
    void aContextCanDoWithoutThem() throws IOException {
        AioContext aio = open(AioContext.builder().latencySampling(0));
        AioFile file = file(aio);
        file.write(block(1), 0).join();

        assertThat(aio.stats().succeeded()).isEqualTo(1);
        assertThat(aio.stats().writeLatencies().count()).isZero();
    }
}
