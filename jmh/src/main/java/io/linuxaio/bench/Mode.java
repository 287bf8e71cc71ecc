package io.linuxaio.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** The kind of measurement of a variant in a process, and its results. */
enum Mode {
    /** Throughput, and what it costs. */
    MEASURE {
        @Override
        Map<String, Object> run(Variant variant, Workload workload) throws Exception {
            List<Double> wall = new ArrayList<>();
            List<Double> processor = new ArrayList<>();
            List<Double> switches = new ArrayList<>();
            List<Double> bytes = new ArrayList<>();
            List<Double> jvm = new ArrayList<>();
            long operations;
            try (Session session = variant.open(workload)) {
                operations = warmUp(session, workload, () -> counting(workload));
                for (int i = 0; i < workload.windows(); i++) {
                    Meter meter = counting(workload);
                    ResourceUsage before = ResourceUsage.now();
                    long overhead = JvmOverhead.nanos();
                    double done = timed(session, meter, workload.window());
                    ResourceUsage used = ResourceUsage.now().since(before);
                    jvm.add((JvmOverhead.nanos() - overhead) / done);
                    operations += (long) done;
                    wall.add(used.wallNanos() / done);
                    processor.add(used.processorNanos() / done);
                    switches.add(used.switches() / done);
                    bytes.add(used.allocatedBytes() / done);
                }
            }
            Map<String, Object> results = new LinkedHashMap<>();
            results.put("operations", operations);
            results.put("wall_ns", wall);
            results.put("processor_ns", processor);
            results.put("switches", switches);
            results.put("bytes", bytes);
            results.put("jvm_ns", jvm);
            return results;
        }

        private static Meter counting(Workload workload) {
            return new Meter(workload, (meter, positions, buffers) -> new CountingSink(meter, positions));
        }
    },

    /** Time from preparing an operation until its completion is seen. */
    LATENCY {
        @Override
        Map<String, Object> run(Variant variant, Workload workload) throws Exception {
            Histogram all = new Histogram(3);
            try (Session session = variant.open(workload)) {
                warmUp(session, workload, () -> timing(workload));
                Meter meter = timing(workload);
                timed(session, meter, workload.window().multipliedBy(workload.windows()));
                for (OperationSink lane : meter.lanes()) {
                    all.add(((LatencySink) lane).times());
                }
            }
            Map<String, Object> results = new LinkedHashMap<>();
            results.put("operations", all.getTotalCount());
            for (Map.Entry<String, Double> each : PERCENTILES.entrySet()) {
                results.put(each.getKey(), all.getValueAtPercentile(each.getValue()));
            }
            results.put("max", all.getMaxValue());
            return results;
        }

        private static Meter timing(Workload workload) {
            return new Meter(
                    workload, (meter, positions, buffers) -> new LatencySink(meter, positions, buffers.length));
        }
    },

    /** A check that the data arrives. */
    CHECK {
        @Override
        Map<String, Object> run(Variant variant, Workload whole) throws Exception {
            Workload workload = whole.limitedTo(CHECKED_BYTES);
            long bytes = workload.fileSize() / workload.blockSize() * workload.blockSize();
            Meter meter = new Meter(workload, VerifyingSink::new);
            try (DirectFile file = DirectFile.open(workload.path(), workload.direct())) {
                file.fill(Pattern.PREFILLED, bytes);
                try (Session session = variant.open(workload)) {
                    timed(session, meter, CHECK_TIME);
                }
                if (meter.lanes().stream().anyMatch(lane -> ((VerifyingSink) lane).isBusy())) {
                    throw new IllegalStateException("the run returned with operations in flight");
                }
                Set<Long> written = meter.lanes().stream()
                        .flatMap(lane -> ((VerifyingSink) lane).written().stream())
                        .collect(Collectors.toSet());
                var block = file.block(workload.blockSize());
                for (long at = 0; at < bytes; at += workload.blockSize()) {
                    file.check(written.contains(at) ? Pattern.WRITTEN : Pattern.PREFILLED, block, at);
                }
                return Map.of("operations", meter.operations(), "blocks_written", written.size());
            }
        }
    };

    private static final long CHECKED_BYTES = 16L << 20;
    /** The number of times that the given time is waited for a first operation. */
    private static final int PATIENCE = 20;

    private static final Duration CHECK_TIME = Duration.ofMillis(300);
    private static final Map<String, Double> PERCENTILES = new LinkedHashMap<>();

    static {
        PERCENTILES.put("p50", 50.0);
        PERCENTILES.put("p90", 90.0);
        PERCENTILES.put("p99", 99.0);
        PERCENTILES.put("p999", 99.9);
        PERCENTILES.put("p9999", 99.99);
    }

    /** Runs the benchmark and prints its results. */
    abstract Map<String, Object> run(Variant variant, Workload workload) throws Exception;

    /** Warms up for the time and the operations of the workload, and returns the number of operations. */
    private static long warmUp(Session session, Workload workload, Supplier<Meter> meters) throws Exception {
        long operations = 0;
        int times = 0;
        do {
            operations += timed(session, meters.get(), workload.warmUp());
            times++;
        } while (operations < workload.warmUpOperations() && times < Workload.MOST_WARM_UPS);
        return operations;
    }

    /** Runs the session for so long and answers how many operations ended. */
    private static long timed(Session session, Meter meter, Duration time) throws Exception {
        Thread timer = Thread.ofPlatform().name("bench-timer").daemon().unstarted(() -> {
            try {
                Thread.sleep(time);
                // On a machine that is busy, threads may not even have begun.
                for (int i = 0; i < PATIENCE && meter.operations() == 0; i++) {
                    Thread.sleep(time);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            meter.stop();
        });
        timer.start();
        session.run(meter);
        if (meter.running()) {
            throw new IllegalStateException("the run returned before its time was over");
        }
        timer.join();
        if (meter.operations() == 0) {
            throw new IllegalStateException("not one operation ended in " + time.multipliedBy(PATIENCE + 1));
        }
        return meter.operations();
    }
}
