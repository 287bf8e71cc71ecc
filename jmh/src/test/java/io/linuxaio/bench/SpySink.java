package io.linuxaio.bench;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A sink that records the threads that started operations, and the maximum depth of each. */
final class SpySink extends OperationSink {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final int slots;
    private final Set<Thread> submitters = ConcurrentHashMap.newKeySet();

    private SpySink(Meter meter, Positions positions, MemorySegment[] buffers) {
        super(meter, positions);
        slots = buffers.length;
    }

    /** Runs until every thread has started an operation, and returns the sinks. */
    static List<SpySink> run(Session session, Workload workload) throws Exception {
        Meter meter = new Meter(workload, SpySink::new);
        long end = System.nanoTime() + PATIENCE.toNanos();
        Thread timer = Thread.ofPlatform().daemon().start(() -> {
            while (System.nanoTime() < end && lanes(meter).size() < workload.threads()) {
                Thread.onSpinWait();
            }
            meter.stop();
        });
        session.run(meter);
        timer.join();
        return lanes(meter);
    }

    private static List<SpySink> lanes(Meter meter) {
        return meter.lanes().stream()
                .map(SpySink.class::cast)
                .filter(lane -> !lane.submitters.isEmpty())
                .toList();
    }

    @Override
    void starts(int slot, long position) {
        submitters.add(Thread.currentThread());
    }

    @Override
    void ended(int slot) {}

    int slots() {
        return slots;
    }

    Set<Thread> submitters() {
        return submitters;
    }
}
