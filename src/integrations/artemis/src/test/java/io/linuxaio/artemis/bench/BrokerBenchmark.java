package io.linuxaio.artemis.bench;

import io.linuxaio.artemis.Broker;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One measurement of a broker in this process: durable messages, each sent and acknowledged before the next of its thread.
 * Prints the messages per second, the processor time for a message in microseconds, and the thread switches for a message.
 * The class path decides which jar serves {@code ASYNCIO}.
 *
 * <p>Arguments: the directory for files, the number of messages, of producers, and of bytes in a message.
 */
final class BrokerBenchmark {
    private static final int FILE_SIZE = 10 << 20;
    private static final int WARM_UP = 4;
    private static final Pattern SWITCHES =
            Pattern.compile("^(?:non)?voluntary_ctxt_switches:\\s+(\\d+)$", Pattern.MULTILINE);

    private final Broker broker;
    private final int producers;
    private final int size;
    private final AtomicLong next = new AtomicLong();

    // The thread switches of producers that have ended.
    private final AtomicLong ended = new AtomicLong();

    private BrokerBenchmark(Broker broker, int producers, int size) {
        this.broker = broker;
        this.producers = producers;
        this.size = size;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(arguments[0]), "bench-artemis");
        int messages = Integer.parseInt(arguments[1]);
        try (Broker broker = new Broker(directory, FILE_SIZE)) {
            if (!broker.isAsynchronous()) {
                throw new IllegalStateException("the broker has fallen back to NIO");
            }
            BrokerBenchmark benchmark =
                    new BrokerBenchmark(broker, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
            benchmark.send(messages / WARM_UP);
            benchmark.measure(messages);
        } finally {
            delete(directory);
        }
        // The broker's threads may live on.
        System.exit(0);
    }

    private void measure(int messages) throws Exception {
        long switches = switches();
        long processor = processorNanos();
        long begin = System.nanoTime();
        send(messages);
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf(
                "result %.1f %.1f %.2f%n",
                messages / seconds,
                (processorNanos() - processor) / 1e3 / messages,
                (double) (switches() - switches) / messages);
    }

    /** Sends messages by all producers. */
    private void send(int messages) throws Exception {
        next.set(messages);
        List<Thread> threads = new ArrayList<>();
        CyclicBarrier start = new CyclicBarrier(producers);
        AtomicLong failures = new AtomicLong();
        for (int i = 0; i < producers; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try (Broker.Sender sender = broker.sender()) {
                    start.await();
                    long number;
                    while ((number = next.decrementAndGet()) >= 0) {
                        sender.send(number, size);
                    }
                    ended.addAndGet(switches(Path.of("/proc/thread-self/status")));
                } catch (Exception e) {
                    e.printStackTrace();
                    failures.incrementAndGet();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (failures.get() > 0) {
            throw new IllegalStateException(failures + " producers have failed");
        }
    }

    private long switches() throws IOException {
        long sum = ended.get();
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : threads.toList()) {
                sum += switches(thread.resolve("status"));
            }
        }
        return sum;
    }

    private static long switches(Path status) {
        long sum = 0;
        try {
            Matcher matcher = SWITCHES.matcher(Files.readString(status));
            while (matcher.find()) {
                sum += Long.parseLong(matcher.group(1));
            }
        } catch (IOException gone) {
            // The thread has ended.
        }
        return sum;
    }

    private static long processorNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, IOException e) throws IOException {
                Files.delete(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
