package io.linuxaio.bench.smallfiles;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioOpenOption;
import io.linuxaio.files.AioFiles;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A way to read and write whole files, of which several may be in flight. */
enum FileAccess {
    /** {@link AioFiles} with direct I/O. */
    AIO_DIRECT {
        @Override
        CompletableFuture<?> write(Path path, byte[] bytes, Executor executor) {
            return AioFiles.write(path, bytes);
        }

        @Override
        CompletableFuture<Integer> read(Path path, Executor executor) {
            return AioFiles.readAllBytes(path).thenApply(bytes -> bytes.length);
        }
    },

    /** {@link AioFiles} through the page cache. */
    AIO_BUFFERED {
        @Override
        CompletableFuture<?> write(Path path, byte[] bytes, Executor executor) {
            return AioFiles.write(path, bytes, CREATE, TRUNCATE_EXISTING, WRITE, AioOpenOption.BUFFERED);
        }

        @Override
        CompletableFuture<Integer> read(Path path, Executor executor) {
            return AioFiles.readAllBytes(path, AioOpenOption.BUFFERED).thenApply(bytes -> bytes.length);
        }
    },

    /** {@link Files}, on the threads of the executor. */
    FILES {
        @Override
        CompletableFuture<?> write(Path path, byte[] bytes, Executor executor) {
            return CompletableFuture.runAsync(
                    () -> {
                        try {
                            Files.write(path, bytes);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    executor);
        }

        @Override
        CompletableFuture<Integer> read(Path path, Executor executor) {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return Files.readAllBytes(path).length;
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    executor);
        }
    },

    /** {@link AsynchronousFileChannel}, opened and closed on the threads that start and complete the transfer. */
    ASYNC_CHANNEL {
        @Override
        CompletableFuture<?> write(Path path, byte[] bytes, Executor executor) throws IOException {
            AsynchronousFileChannel channel = AsynchronousFileChannel.open(path, CREATE, TRUNCATE_EXISTING, WRITE);
            Completion completion = new Completion(channel, bytes.length);
            channel.write(ByteBuffer.wrap(bytes), 0, null, completion);
            return completion.future;
        }

        @Override
        CompletableFuture<Integer> read(Path path, Executor executor) throws IOException {
            AsynchronousFileChannel channel = AsynchronousFileChannel.open(path, READ);
            int size = Math.toIntExact(channel.size());
            Completion completion = new Completion(channel, size);
            channel.read(ByteBuffer.allocate(size), 0, null, completion);
            return completion.future;
        }
    };

    /** Starts to write a file, which is created or truncated. */
    abstract CompletableFuture<?> write(Path path, byte[] bytes, Executor executor) throws IOException;

    /** Starts to read a file. Returns a future of the number of bytes. */
    abstract CompletableFuture<Integer> read(Path path, Executor executor) throws IOException;

    /** Closes the channel when its only transfer has completed. */
    private static final class Completion implements CompletionHandler<Integer, Void> {
        final CompletableFuture<Integer> future = new CompletableFuture<>();
        private final AsynchronousFileChannel channel;
        private final int expected;

        Completion(AsynchronousFileChannel channel, int expected) {
            this.channel = channel;
            this.expected = expected;
        }

        @Override
        public void completed(Integer count, Void attachment) {
            try {
                channel.close();
                if (count == expected) {
                    future.complete(count);
                } else {
                    future.completeExceptionally(new EOFException(count + " of " + expected + " bytes"));
                }
            } catch (IOException e) {
                future.completeExceptionally(e);
            }
        }

        @Override
        public void failed(Throwable failure, Void attachment) {
            future.completeExceptionally(failure);
        }
    }
}
