package io.linuxaio.bench.smallfiles;

import io.linuxaio.bench.ResourceUsage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Reads commands from standard input and answers each with nanoseconds of the clock and of processor time, as small_files.c
 * does. The arguments are a {@link FileAccess}, the number of files in flight, and the number of threads for those that need
 * an executor: 0 for the calling thread.
 */
public final class SmallFilesMain {
    private final FileAccess access;
    private final int inFlight;
    private final ExecutorService executor;

    private SmallFilesMain(FileAccess access, int inFlight, int threads) {
        this.access = access;
        this.inFlight = inFlight;
        executor = threads == 0 ? null : Executors.newFixedThreadPool(threads);
    }

    /** See the class. */
    public static void main(String[] arguments) throws IOException {
        SmallFilesMain main = new SmallFilesMain(
                FileAccess.valueOf(arguments[0].toUpperCase(Locale.ROOT)),
                Integer.parseInt(arguments[1]),
                Integer.parseInt(arguments[2]));
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line;
        while ((line = commands.readLine()) != null) {
            System.out.println(main.answer(line));
        }
        // Its threads would keep the process.
        System.exit(0);
    }

    private String answer(String line) {
        String[] words = line.split(" ");
        Path directory = Path.of(words[1]);
        int first = Integer.parseInt(words[2]);
        int count = Integer.parseInt(words[3]);
        byte[] bytes = new byte[Integer.parseInt(words[4])];
        Arrays.fill(bytes, (byte) 'x');
        try {
            ResourceUsage start = ResourceUsage.now();
            transfer("write".equals(words[0]), directory, first, count, bytes);
            ResourceUsage used = ResourceUsage.now().since(start);
            return used.wallNanos() + " " + used.processorNanos();
        } catch (IOException | RuntimeException e) {
            return "error " + e;
        }
    }

    private void transfer(boolean writes, Path directory, int first, int count, byte[] bytes) throws IOException {
        ArrayDeque<CompletableFuture<?>> started = new ArrayDeque<>();
        for (int i = 0; i < count; i++) {
            if (started.size() == inFlight) {
                started.remove().join();
            }
            Path path = directory.resolve("f" + (first + i));
            started.add(writes ? access.write(path, bytes, this::execute) : read(path, bytes.length));
        }
        while (!started.isEmpty()) {
            started.remove().join();
        }
    }

    private CompletableFuture<?> read(Path path, int expected) throws IOException {
        return access.read(path, this::execute).thenAccept(count -> {
            if (count != expected) {
                throw new IllegalStateException(path + " has " + count + " bytes");
            }
        });
    }

    private void execute(Runnable task) {
        if (executor == null) {
            task.run();
        } else {
            executor.execute(task);
        }
    }
}
