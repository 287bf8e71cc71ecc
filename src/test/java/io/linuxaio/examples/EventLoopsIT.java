package io.linuxaio.examples;

import static java.nio.file.StandardOpenOption.READ;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioArena;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Event loops that serve real connections, or other descriptors, and read real files, on one thread. */
@OnRealKernel
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class EventLoopsIT {
    private static final int BLOCK = BlockServer.BLOCK;
    private static final int BLOCKS = 64;
    private static final int CONNECTIONS = 8;
    private static final int QUESTIONS = 100;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path path;
    private final byte[] contents = Bytes.random(77, BLOCKS * BLOCK);

    @BeforeEach
    void writeFile() throws IOException {
        path = Files.write(directory.resolve("blocks"), contents);
    }

    @Test
    void callbacksWakeTheEventLoop() throws Exception {
        CompletableFuture<BlockServer> started = new CompletableFuture<>();
        serve(started, () -> {
            try (AioBufferPool pool = AioBufferPool.of(CONNECTIONS, BLOCK);
                    AioContext aio =
                            AioContext.builder().queueDepth(CONNECTIONS).open();
                    AioFile file = aio.open(path, READ);
                    CallbackLoop loop = new CallbackLoop(aio, file, pool)) {
                started.complete(loop);
                loop.run();
                assertThat(aio.stats().succeeded()).isGreaterThanOrEqualTo(CONNECTIONS * QUESTIONS);
            }
            return null;
        });
    }

    @Test
    void theEventLoopPollsItsOwnQueue() throws Exception {
        CompletableFuture<BlockServer> started = new CompletableFuture<>();
        serve(started, () -> {
            try (AioBufferPool pool = AioBufferPool.of(CONNECTIONS, BLOCK);
                    AioFile file = AioFile.open(path, READ);
                    AioQueue queue = AioQueue.open(CONNECTIONS);
                    PollingLoop loop = new PollingLoop(queue, file, pool)) {
                started.complete(loop);
                loop.run();
            }
            return null;
        });
    }

    private void serve(CompletableFuture<BlockServer> started, Callable<Void> body) throws Exception {
        FutureTask<Void> loop = new FutureTask<>(body);
        Thread.ofPlatform().daemon().name("loop").start(() -> {
            loop.run();
            started.completeExceptionally(new AssertionError("the event loop has ended"));
        });
        BlockServer server = started.get();
        try {
            askFromAllConnections(server.address());
            assertRefusals(server.address());
        } finally {
            server.stop();
        }
        loop.get();
    }

    private void askFromAllConnections(SocketAddress address) throws Exception {
        List<Future<?>> clients = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CONNECTIONS; i++) {
                int first = i;
                clients.add(threads.submit(() -> {
                    try (SocketChannel channel = SocketChannel.open(address)) {
                        for (int j = 0; j < QUESTIONS; j++) {
                            int number = (first * 31 + j * 7) % BLOCKS;
                            assertThat(ask(channel, number)).isEqualTo(blockOf(number));
                        }
                    }
                    return null;
                }));
            }
        }
        for (Future<?> client : clients) {
            client.get();
        }
    }

    private byte[] blockOf(int number) {
        return Arrays.copyOfRange(contents, number * BLOCK, (number + 1) * BLOCK);
    }

    /** Returns the block, which is shorter if the server closed the connection. */
    private static byte[] ask(SocketChannel channel, long number) throws IOException {
        channel.write(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
        ByteBuffer answer = ByteBuffer.allocate(BLOCK);
        while (answer.hasRemaining() && channel.read(answer) >= 0) {
            // More is to come.
        }
        return Arrays.copyOf(answer.array(), answer.position());
    }

    private static void assertRefusals(SocketAddress address) throws IOException {
        for (long number : new long[] {BLOCKS, -1, Long.MAX_VALUE}) {
            try (SocketChannel channel = SocketChannel.open(address)) {
                assertThat(ask(channel, number)).as("block %d", number).isEmpty();
            }
        }
    }

    @Test
    void anEventfdSignalsTheEventLoop() throws Exception {
        int count = 100;
        ConcurrentLinkedQueue<Long> reported = new ConcurrentLinkedQueue<>();
        try (AioFile file = AioFile.open(path, READ);
                AioArena arena = AioArena.ofShared();
                EventfdLoop loop = new EventfdLoop()) {
            MemorySegment memory = arena.allocate(contents.length);
            FutureTask<Void> running = new FutureTask<>(() -> {
                loop.run(BLOCKS, (userData, result) -> {
                    assertThat(result).isEqualTo(BLOCK);
                    reported.add(userData);
                });
                return null;
            });
            Thread thread = Thread.ofPlatform().daemon().start(running);
            for (int i = 0; i < count; i++) {
                long position = (long) i % BLOCKS * BLOCK;
                long userData = i;
                // One after the other: each read must wake the loop by itself.
                loop.execute(queue -> assertThat(
                                queue.prepareRead(file, memory.asSlice(position, BLOCK), position, userData))
                        .isTrue());
                Await.until("the completion is reported", () -> reported.size() == userData + 1 || !thread.isAlive());
            }
            loop.stop();
            running.get();
            assertThat(Arrays.mismatch(Bytes.of(memory), contents)).isEqualTo(-1);
        }
        assertThat(reported).hasSize(count).doesNotHaveDuplicates();
    }
}
