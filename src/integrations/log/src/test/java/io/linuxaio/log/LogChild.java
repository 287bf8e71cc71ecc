package io.linuxaio.log;

import io.linuxaio.testing.PidsCgroup;
import io.linuxaio.testing.SmallStack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Programs for JVMs of their own. The arguments: what to do, and the directory of the log. */
final class LogChild {
    private static final int SMALL_SEGMENT = 256 << 10;

    private LogChild() {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[1]);
        switch (args[0]) {
            case "load" -> load(directory, LogDurability.valueOf(args[2]));
            case "hold" -> hold(directory);
            case "once" -> once(directory);
            case "without-memory" -> withoutMemory(directory);
            case "without-threads" -> withoutThreads(directory, Path.of(args[2]));
            case "near-the-end-of-the-stack" -> nearTheEndOfTheStack(directory);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** Appends until it is killed, and prints what was acknowledged. Discards the beginning now and then. */
    private static void load(Path directory, LogDurability durability) throws Exception {
        NumberedLoad load = new NumberedLoad();
        LogWriter log = LogWriter.builder(directory)
                .segmentSize(SMALL_SEGMENT)
                .bufferSize(SMALL_SEGMENT / 4)
                .durability(durability)
                .open(load.replay());
        load.start(log, (thread, number) -> {
            System.out.println(thread + " " + number);
            if (number % 500 == 0) {
                discard(log);
            }
        });
        load.join();
    }

    private static void discard(LogWriter log) {
        try {
            // All but about two segments.
            log.discardBefore(Math.max(0, log.durableUpTo() - 2 * SMALL_SEGMENT));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void hold(Path directory) throws IOException {
        try (LogWriter log = LogFixture.small(directory).open()) {
            log.append(new byte[1]).join();
            System.out.println("open");
            System.in.read();
        }
    }

    private static void once(Path directory) throws IOException {
        System.out.println(LogExample.appendTwo(directory) + " in " + LogWriter.class.getModule());
    }

    /** Appends while there is no memory again and again; each future completes in the end. */
    private static void withoutMemory(Path directory) throws Exception {
        List<CompletableFuture<Long>> futures = new ArrayList<>(1 << 20);
        LogWriter log = LogFixture.small(directory).open();
        int refused = 0;
        for (int round = 0; round < 20; round++) {
            List<byte[]> hog = new ArrayList<>();
            try {
                while (true) {
                    hog.add(new byte[10_000]);
                }
            } catch (OutOfMemoryError full) {
                try {
                    for (int i = 0; i < 2000; i++) {
                        futures.add(log.append(LogFixture.bytes("x")));
                    }
                } catch (OutOfMemoryError e) {
                    refused++;
                }
            }
        }
        int failed = 0;
        for (CompletableFuture<Long> future : futures) {
            try {
                future.get(60, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                failed++;
            }
        }
        log.close();
        System.out.println("complete: " + futures.size() + ", failed: " + failed + ", refused: " + refused);
    }

    /** Opens a log where no thread can be started, and then where it can. */
    private static void withoutThreads(Path directory, Path group) throws Exception {
        LogFixture.small(directory).open().close();
        PidsCgroup.freeze(group);
        try {
            LogFixture.small(directory).open();
            System.out.println("open");
        } catch (OutOfMemoryError e) {
            System.out.println("refused: " + e.getMessage());
        }
        PidsCgroup.thaw(group);
        System.out.println(LogFixture.records(directory));
    }

    /** Appends at each depth near the end of a small stack; afterwards the log goes on. */
    private static void nearTheEndOfTheStack(Path directory) throws Exception {
        LogWriter log =
                LogFixture.small(directory).durability(LogDurability.NONE).open();
        List<CompletableFuture<Long>> futures = new ArrayList<>(1 << 17);
        for (int i = 0; i < 2_000; i++) {
            // All classes are initialized before.
            futures.add(log.append(new byte[10]));
        }
        log.sync().get(60, TimeUnit.SECONDS);
        int[] overflows = new int[1];
        for (int round = 0; round < 20; round++) {
            SmallStack.onTheWayBack(1500, () -> {
                try {
                    CompletableFuture<Long> future = log.append(new byte[10]);
                    futures.add(future);
                } catch (StackOverflowError e) {
                    overflows[0]++;
                }
            });
            futures.add(log.append(new byte[10]));
            log.sync().get(60, TimeUnit.SECONDS);
        }
        for (CompletableFuture<Long> future : futures) {
            future.get(60, TimeUnit.SECONDS);
        }
        log.close();
        int records = LogFixture.records(directory).size();
        if (records < futures.size()) {
            throw new AssertionError(records + " records, and " + futures.size() + " were acknowledged");
        }
        System.out.println("overflows: " + overflows[0]);
    }
}
