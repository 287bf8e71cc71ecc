package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The events of Java Flight Recorder for operations and contexts. */
class FlightRecorderTest extends FakeKernelFixture {
    private static final Duration NEVER_REACHED = Duration.ofHours(1);
    private static final String NAME = "recorded";
    private static final String OPERATION = "io.linuxaio.Operation";
    private static final String QUEUE_FULL = "io.linuxaio.QueueFull";

    private FlightRecords records;

    @BeforeEach
    void make() {
        records = new FlightRecords(NAME);
    }

    @AfterEach
    void end() {
        records.close();
    }

    private AioContext openNamed(int depth) throws IOException {
        return open(AioContext.builder().queueDepth(depth).threadName(NAME));
    }

    @Test
    void anOperationHasItsFields() throws IOException {
        AioFile file = file(openNamed(4));
        records.start(OPERATION, Duration.ZERO);

        file.write(block(1), 3 * BLOCK).join();

        RecordedEvent event = records.one(OPERATION);
        assertThat(event.getString("kind")).isEqualTo("write");
        assertThat(event.getString("path")).isEqualTo(PATH.toString());
        assertThat(event.getLong("position")).isEqualTo(3 * BLOCK);
        assertThat(event.getLong("length")).isEqualTo(BLOCK);
        assertThat(event.getLong("transferred")).isEqualTo(BLOCK);
        assertThat(event.getString("error")).isNull();
        assertThat(event.getInt("inFlight")).isEqualTo(1);
        assertThat(event.getLong("submissionTime")).isPositive();
        assertThat(event.getThread("submitter").getJavaThreadId())
                .isEqualTo(Thread.currentThread().threadId());
        assertThat(event.getDuration()).isPositive();
    }

    @Test
    void theDurationEndsWhenTheResultIsReaped() throws Exception {
        AioFile file = file(openNamed(4));
        records.start(OPERATION, Duration.ZERO);
        kernel.hold();
        CompletableFuture<Integer> write = file.write(block(1), 0);
        LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        long sinceSubmitted = System.nanoTime();
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        long min = System.nanoTime() - sinceSubmitted;
        kernel.releaseAll();
        write.join();

        assertThat(records.one(OPERATION).getDuration().toNanos()).isGreaterThan(min);
    }

    @Test
    void anErrorHasItsSymbol() throws IOException {
        AioFile file = file(openNamed(4));
        records.start(OPERATION, Duration.ZERO);
        kernel.script(FakeOutcome.error(Errno.EIO));

        assertFailsWith(file.dataSync(), "EIO", 0);

        RecordedEvent event = records.one(OPERATION);
        assertThat(event.getString("kind")).isEqualTo("dataSync");
        assertThat(event.getString("error")).isEqualTo("EIO");
        assertThat(event.getLong("transferred")).isZero();
    }

    @Test
    void aRefusedOperationIsRecordedToo() throws IOException {
        AioFile file = file(openNamed(4));
        records.start(OPERATION, Duration.ZERO);
        kernel.refuse(request -> !request.device(), Errno.EINVAL);

        assertFailsWith(file.read(block(0), 0), "EINVAL", 0);

        assertThat(records.one(OPERATION).getString("error")).isEqualTo("EINVAL");
    }

    @Test
    void eachOperationOfABatchIsRecorded() throws IOException {
        AioContext aio = openNamed(4);
        AioFile file = file(aio);
        records.start(OPERATION, Duration.ZERO);
        AioBatch batch = aio.batch();
        kernel.hold();
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            writes.add(batch.write(file, block(i), (long) i * BLOCK));
        }
        batch.submit();
        kernel.releaseAll();
        writes.forEach(CompletableFuture::join);

        List<RecordedEvent> events = records.stop(OPERATION);
        assertThat(events)
                .extracting(event -> event.getLong("position"))
                .containsExactlyInAnyOrder(0L, (long) BLOCK, 2L * BLOCK);
        assertThat(events).extracting(event -> event.getInt("inFlight")).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(events)
                .extracting(event -> event.getLong("submissionTime"))
                .allSatisfy(time -> assertThat(time).isPositive());
    }

    @Test
    void aShortTransferIsRecordedOnce() throws IOException {
        AioFile file = file(openNamed(4));
        records.start(OPERATION, Duration.ZERO);
        kernel.script(FakeOutcome.shortBy(BLOCK));

        file.write(arena.allocate(4 * BLOCK), 0).join();

        assertThat(records.one(OPERATION).getLong("transferred")).isEqualTo(4 * BLOCK);
    }

    @Test
    void anOffloadedOperationIsRecordedOnce() throws IOException {
        AioFile file =
                file(open(AioContext.builder().queueDepth(4).threadName(NAME).submission(AioSubmitMode.NON_BLOCKING)));
        records.start(OPERATION, Duration.ZERO);
        kernel.script(FakeOutcome.error(Errno.EAGAIN));

        file.write(block(1), 0).join();

        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(NAME + "-helper"))
                .forEach(Await::parked);
        assertThat(kernel.requests()).extracting(FakeRequest::rwFlags).hasSize(2);
        assertThat(records.one(OPERATION).getThread("submitter").getJavaThreadId())
                .isEqualTo(Thread.currentThread().threadId());
    }

    @Test
    void operationsBelowTheThresholdAreNotRecorded() throws IOException {
        AioFile file = file(openNamed(4));
        records.start(OPERATION, NEVER_REACHED);

        file.write(block(1), 0).join();

        assertThat(records.stop(OPERATION)).isEmpty();
    }

    @Test
    void disabledEventsAreNotRecorded() throws IOException {
        AioFile file = file(openNamed(4));
        records.disable(OPERATION);
        records.start(QUEUE_FULL, Duration.ZERO);

        file.write(block(1), 0).join();

        assertThat(records.stop(OPERATION)).isEmpty();
    }

    @Test
    void operationsThatBeganBeforeTheRecordingAreNotInIt() throws IOException {
        AioFile file = file(openNamed(4));
        kernel.hold();
        CompletableFuture<Integer> before = file.write(block(1), 0);
        records.start(OPERATION, Duration.ZERO);
        CompletableFuture<Integer> within = file.write(block(1), BLOCK);
        kernel.releaseAll();
        before.join();
        within.join();

        assertThat(records.one(OPERATION).getLong("position")).isEqualTo(BLOCK);
    }

    @Test
    void aWaitForASlotIsRecorded() throws Exception {
        AioContext aio = openNamed(1);
        AioFile file = file(aio);
        records.start(QUEUE_FULL, Duration.ZERO);
        kernel.hold();
        CompletableFuture<Integer> first = file.write(block(1), 0);
        Thread waiter =
                Thread.ofPlatform().start(() -> file.write(block(2), BLOCK).join());
        Await.until("the queue is full", () -> aio.stats().queueFullCount() == 1);
        Await.parked(waiter);
        long sinceItWaits = System.nanoTime();
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        long min = System.nanoTime() - sinceItWaits;
        kernel.releaseAll();
        waiter.join();
        first.join();

        RecordedEvent event = records.one(QUEUE_FULL);
        assertThat(event.getDuration().toNanos()).isGreaterThan(min);
        assertThat(event.getInt("queueDepth")).isEqualTo(1);
        assertThat(event.getThread().getJavaThreadId()).isEqualTo(waiter.threadId());
        assertThat(event.getStackTrace()).isNotNull();
    }

    @Test
    void aWaitBelowTheThresholdIsNotRecorded() throws Exception {
        AioContext aio = openNamed(1);
        AioFile file = file(aio);
        records.start(QUEUE_FULL, NEVER_REACHED);
        kernel.hold();
        file.write(block(1), 0);
        Thread waiter = Thread.ofVirtual().start(() -> file.write(block(2), BLOCK));
        Await.until("the queue is full", () -> aio.stats().queueFullCount() == 1);
        kernel.releaseAll();
        waiter.join();

        assertThat(records.stop(QUEUE_FULL)).isEmpty();
    }

    @Test
    void contextsRecordTheirConfigurationAndStatistics() throws IOException {
        records.start("io.linuxaio.ContextOpened", Duration.ZERO);
        records.enable("io.linuxaio.ContextClosed");
        AioContext aio = open(AioContext.builder()
                .queueDepth(7)
                .latencySampling(1)
                .threadName(NAME)
                .onFullQueue(AioFullQueuePolicy.REJECT)
                .callerReaping(false));
        AioFile file = file(aio);
        file.write(block(1), 0).join();
        kernel.script(FakeOutcome.error(Errno.EIO));
        assertFailsWith(file.read(block(1), 0), "EIO", 0);
        aio.close();

        List<RecordedEvent> opened = records.stop("io.linuxaio.ContextOpened");
        assertThat(opened).singleElement().satisfies(event -> {
            assertThat(event.getInt("queueDepth")).isEqualTo(7);
            assertThat(event.getString("backend")).isIn("libaio", "syscall");
            assertThat(event.getBoolean("callerReaping")).isFalse();
            assertThat(event.getString("onFullQueue")).isEqualTo("REJECT");
            assertThat(event.getString("submission")).isEqualTo("MAY_BLOCK");
        });
        assertThat(records.of("io.linuxaio.ContextClosed")).singleElement().satisfies(event -> {
            assertThat(event.getLong("submitted")).isEqualTo(2);
            assertThat(event.getLong("succeeded")).isEqualTo(1);
            assertThat(event.getLong("failed")).isEqualTo(1);
            assertThat(event.getLong("bytesWritten")).isEqualTo(BLOCK);
            assertThat(event.getInt("maxInFlight")).isEqualTo(1);
            assertThat(event.getLong("reaperWakeups")).isEqualTo(aio.stats().reaperWakeups());
            assertThat(event.getDuration("writeLatencyMax"))
                    .isPositive()
                    .isEqualTo(aio.stats().writeLatencies().max());
            assertThat(event.getDuration("readLatencyP99"))
                    .isEqualTo(aio.stats().readLatencies().percentile(99));
            assertThat(event.getDuration("syncLatencyP50")).isZero();
        });
    }

    /** The submitter and the reaper race to write an event: exactly one does. */
    @Test
    void eachOperationIsRecordedOnceUnderLoad() throws Exception {
        int threads = 4;
        int each = 500;
        AioFile file = file(openNamed(8));
        records.start(OPERATION, Duration.ZERO);
        List<Thread> writers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            long first = (long) t * each;
            writers.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < each; i++) {
                    file.write(block(1), (first + i) * BLOCK).join();
                }
            }));
        }
        for (Thread writer : writers) {
            writer.join();
        }

        List<Long> positions = records.stop(OPERATION).stream()
                .map(event -> event.getLong("position"))
                .toList();
        assertThat(positions.size()).isEqualTo(threads * each);
        assertThat(positions.stream().distinct().count()).isEqualTo(threads * each);
    }
}
