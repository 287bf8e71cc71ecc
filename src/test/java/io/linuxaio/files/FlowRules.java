package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioContext;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.reactivestreams.tck.flow.FlowSubscriberWhiteboxVerification;
import org.testng.SkipException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.BeforeMethod;

/** The fixture of the tests of Reactive Streams: files in a directory, through one context. */
final class FlowRules {
    private static final int BLOCK = 4096;
    private static final int DEPTH = 2;

    /** Expected signals have much time; unexpected ones are awaited only this long. */
    private static final int PATIENCE_MILLIS = 5_000;

    private static final int SILENCE_MILLIS = 100;

    private final AioContext aio;
    private final Path directory;
    private final AtomicInteger names = new AtomicInteger();
    private final ConcurrentLinkedQueue<AioFileSubscriber> subscribers = new ConcurrentLinkedQueue<>();

    FlowRules(AioContext aio, Path directory) {
        this.aio = aio;
        this.directory = directory;
    }

    private static TestEnvironment environment() {
        return new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS);
    }

    /**
     * Returns each method of a class of TestNG tests as a separate test; skipped ones are aborted with the reason.
     * Methods for rules that no test can check always skip, and form one test.
     */
    static Stream<DynamicTest> each(Supplier<?> tests) {
        Map<Boolean, List<Method>> methods = Arrays.stream(
                        tests.get().getClass().getMethods())
                .filter(method -> method.isAnnotationPresent(org.testng.annotations.Test.class))
                .sorted(Comparator.comparing(Method::getName))
                .collect(Collectors.partitioningBy(method -> method.getName().startsWith("untested_")));
        return Stream.concat(
                methods.get(false).stream()
                        .map(method -> DynamicTest.dynamicTest(method.getName(), () -> run(tests.get(), method))),
                Stream.of(DynamicTest.dynamicTest("untested", () -> skipAll(tests, methods.get(true)))));
    }

    private static void skipAll(Supplier<?> tests, List<Method> untested) {
        List<String> names = new ArrayList<>();
        for (Method method : untested) {
            assertThatThrownBy(() -> run(tests.get(), method)).isInstanceOf(TestAbortedException.class);
            names.add(method.getName().replaceFirst("untested_", ""));
        }
        throw new TestAbortedException("rules that no test can check: " + String.join(", ", names));
    }

    /** Runs a method as TestNG would if the class had no other. */
    private static void run(Object tests, Method method) throws Throwable {
        try {
            invokeAll(tests, BeforeClass.class);
            invokeAll(tests, BeforeMethod.class);
            method.invoke(tests);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof SkipException skipped
                    ? new TestAbortedException(method.getName() + ": " + skipped.getMessage())
                    : e.getCause();
        } finally {
            invokeAll(tests, AfterClass.class);
        }
    }

    private static void invokeAll(Object tests, Class<? extends Annotation> marked)
            throws ReflectiveOperationException {
        for (Method method : tests.getClass().getMethods()) {
            if (method.isAnnotationPresent(marked)) {
                method.invoke(tests);
            }
        }
    }

    private AioFileSubscriber subscriber() {
        AioFileSubscriber subscriber =
                AioFlow.newSubscriber(aio, directory.resolve("written-" + names.incrementAndGet()), BLOCK, DEPTH);
        subscribers.add(subscriber);
        return subscriber;
    }

    /** Ends the streams that the tests have left unfinished, so that their files are closed. */
    void endAll() {
        IOException over = new IOException("the test is over");
        subscribers.forEach(subscriber -> subscriber.onError(over));
        List<CompletableFuture<Path>> ends =
                subscribers.stream().map(AioFileSubscriber::written).toList();
        assertThat(ends)
                .isNotEmpty()
                .allSatisfy(end -> end.handle((_, _) -> true).join());
    }

    private static ByteBuffer element(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(0, number);
    }

    /** Creates a sparse file of so many blocks. */
    final class Publisher extends FlowPublisherVerification<ByteBuffer> {
        Publisher() {
            super(environment(), PATIENCE_MILLIS);
        }

        @Override
        public long maxElementsFromPublisher() {
            // 8 TiB of holes: more than any test reads, and supported by every filesystem.
            return Integer.MAX_VALUE;
        }

        @Override
        public Flow.Publisher<ByteBuffer> createFlowPublisher(long elements) {
            Path file = directory.resolve("blocks-" + elements);
            try (RandomAccessFile blocks = new RandomAccessFile(file.toFile(), "rw")) {
                blocks.setLength(elements * BLOCK);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return AioFlow.newPublisher(aio, file, BLOCK, DEPTH);
        }

        @Override
        public Flow.Publisher<ByteBuffer> createFailedFlowPublisher() {
            return AioFlow.newPublisher(aio, directory.resolve("missing"), BLOCK, DEPTH);
        }
    }

    /** A subscriber seen from outside. */
    final class SubscriberOutside extends FlowSubscriberBlackboxVerification<ByteBuffer> {
        SubscriberOutside() {
            super(environment());
        }

        @Override
        public Flow.Subscriber<ByteBuffer> createFlowSubscriber() {
            return subscriber();
        }

        @Override
        public ByteBuffer createElement(int number) {
            return element(number);
        }
    }

    /** A subscriber whose demand and cancellation the test controls. */
    final class SubscriberInside extends FlowSubscriberWhiteboxVerification<ByteBuffer> {
        SubscriberInside() {
            super(environment());
        }

        @Override
        protected Flow.Subscriber<ByteBuffer> createFlowSubscriber(WhiteboxSubscriberProbe<ByteBuffer> probe) {
            return new ProbedSubscriber(subscriber(), probe);
        }

        @Override
        public ByteBuffer createElement(int number) {
            return element(number);
        }
    }
}
