package io.linuxaio.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.linuxaio.files.AioFiles;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hundred files written at once in a process that answers requests meanwhile. */
@OnRealKernel
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class HundredFilesIT {
    private static final int FILES = 100;
    private static final int LENGTH = 1 << 20;
    private static final int QUIET_REQUESTS = 200;

    /** The timeout of an answer: a blocked server answers when the disk has finished, one on a busy machine sooner. */
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(20);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final byte[] source = Bytes.random(100, 2 * LENGTH);

    /** Returns a file length that is unique and not a multiple of a block. */
    private byte[] contents(int number) {
        return Arrays.copyOfRange(source, number, LENGTH + 3 * number + 1);
    }

    @Test
    void theServerAnswersWhileFilesAreWritten() throws Exception {
        List<byte[]> contents = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            contents.add(contents(i));
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            server.createContext("/", exchange -> {
                exchange.sendResponseHeaders(200, 2);
                try (exchange) {
                    exchange.getResponseBody().write("ok".getBytes());
                }
            });
            server.setExecutor(threads);
            server.start();
            URL url = URI.create("http://" + server.getAddress().getHostString() + ":"
                            + server.getAddress().getPort() + "/")
                    .toURL();
            long[] quiet = new long[QUIET_REQUESTS];
            for (int i = 0; i < quiet.length; i++) {
                quiet[i] = ask(url);
            }

            long start = System.nanoTime();
            List<CompletableFuture<Path>> writes = new ArrayList<>();
            for (int i = 0; i < FILES; i++) {
                writes.add(AioFiles.write(directory.resolve("file-" + i), contents.get(i)));
            }
            long submitted = System.nanoTime() - start;
            long outstanding = writes.stream().filter(write -> !write.isDone()).count();
            CompletableFuture<Void> all = CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new));
            CompletableFuture<Long> took = all.thenApply(nothing -> System.nanoTime() - start);
            List<Long> answers = new ArrayList<>();
            while (!all.isDone()) {
                long answer = ask(url);
                if (!all.isDone()) {
                    answers.add(answer);
                }
            }
            all.join();

            long[] busy = answers.stream().mapToLong(answer -> answer).toArray();
            System.out.printf(
                    "%d files of 1 MiB: submitted in %.1f ms with %d not done, written in %.1f ms%n",
                    FILES, submitted / 1e6, outstanding, took.join() / 1e6);
            System.out.println("answers before: " + figures(quiet) + "; meanwhile: " + figures(busy));
            assertThat(outstanding)
                    .as("writes in flight when all were submitted")
                    .isPositive();
            assertThat(submitted).isLessThan(took.join());
            assertThat(busy).as("answers while files were written").isNotEmpty();
            assertThat(Duration.ofNanos(Arrays.stream(busy).max().orElseThrow()))
                    .isLessThan(LONGEST_ANSWER);
        } finally {
            server.stop(0);
        }
        for (int i = 0; i < FILES; i++) {
            assertThat(Arrays.equals(Files.readAllBytes(directory.resolve("file-" + i)), contents.get(i)))
                    .as("file %d is complete", i)
                    .isTrue();
        }
    }

    /** Returns the time for an answer, in nanoseconds. */
    private static long ask(URL url) throws IOException {
        long start = System.nanoTime();
        HttpURLConnection connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
        try (InputStream answer = connection.getInputStream()) {
            assertThat(answer.readAllBytes()).isEqualTo("ok".getBytes());
        }
        return System.nanoTime() - start;
    }

    private static String figures(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted.length == 0
                ? "none"
                : "%d, median %.2f ms, p99 %.2f ms, max %.2f ms"
                        .formatted(
                                sorted.length,
                                sorted[sorted.length / 2] / 1e6,
                                sorted[(int) (sorted.length * 0.99)] / 1e6,
                                sorted[sorted.length - 1] / 1e6);
    }
}
