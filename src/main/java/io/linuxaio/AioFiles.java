package io.linuxaio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * Whole files in one line, by asynchronous direct I/O: any length, no alignment to think of.
 *
 * <pre>{@code
 * AioFiles.write(Path.of("output.txt"), "Hello".getBytes()).join();
 * }</pre>
 *
 * <p>Methods without a context use {@link AioContext#shared}. What Linux cannot do asynchronously (opening, setting the
 * length, closing) and the copying of bytes is done by a few daemon threads of this class, which never keep the JVM
 * alive: wait for the future before {@code main} ends. Data goes through the queue, eight blocks of 1 MiB in flight at
 * most for each file.
 *
 * <p>A file on a filesystem without direct I/O fails, unless {@link AioOpenOption#DIRECT_IF_SUPPORTED} or
 * {@link AioOpenOption#BUFFERED} is given. Cancelling a future frees who waits for it, and nothing else: the file is
 * written or read to its end.
 */
public final class AioFiles {
    private static final int BLOCK_SIZE = 1 << 20;
    private static final int DEPTH = 8;

    /** The longest array that every JVM makes. */
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private AioFiles() {}

    /**
     * Writes a file, as {@link java.nio.file.Files#write(Path, byte[], OpenOption...)} does.
     *
     * @param path the file
     * @param bytes its contents; must not change until the future completes
     * @param options {@code CREATE}, {@code TRUNCATE_EXISTING} and {@code WRITE} if none is given. Without
     *     {@code TRUNCATE_EXISTING} bytes that are there and not overwritten stay. With {@code DSYNC} or {@code SYNC}
     *     contents and length are durable when the future completes
     * @return the path, when all is written; fails with an {@link IOException}, and then the file is not complete
     * @throws IllegalArgumentException if options contradict each other
     * @throws UnsupportedOperationException if an option is not supported
     */
    public static CompletableFuture<Path> write(Path path, byte[] bytes, OpenOption... options) {
        return write(AioContext.shared(), path, bytes, options);
    }

    /**
     * As {@link #write(Path, byte[], OpenOption...)}, through a context given.
     *
     * @param aio the context
     * @param path the file
     * @param bytes its contents; must not change until the future completes
     * @param options as there
     * @return the path, when all is written
     */
    public static CompletableFuture<Path> write(AioContext aio, Path path, byte[] bytes, OpenOption... options) {
        WriteOptions how = WriteOptions.of(options);
        return FileTasks.run(() -> {
            int blockSize = Math.clamp(bytes.length, 1, BLOCK_SIZE);
            int depth = Math.clamp(bytes.length / blockSize + 1L, 1, DEPTH);
            try (AioWriteChannel channel = AioWriteChannel.open(aio, path, blockSize, depth, how)) {
                channel.allocateIfSupported(bytes.length);
                channel.write(ByteBuffer.wrap(bytes));
            }
            return path;
        });
    }

    /**
     * Writes text in UTF-8.
     *
     * @param path the file
     * @param text its contents
     * @param options as for {@link #write(Path, byte[], OpenOption...)}
     * @return the path, when all is written
     */
    public static CompletableFuture<Path> writeString(Path path, CharSequence text, OpenOption... options) {
        return write(path, text.toString().getBytes(StandardCharsets.UTF_8), options);
    }

    /**
     * Reads a file whole, as {@link java.nio.file.Files#readAllBytes} does.
     *
     * @param path the file
     * @param options {@link AioOpenOption}, {@link java.nio.file.LinkOption#NOFOLLOW_LINKS}
     * @return its contents; fails with an {@link IOException}, also where it is too long for an array
     */
    public static CompletableFuture<byte[]> readAllBytes(Path path, OpenOption... options) {
        return readAllBytes(AioContext.shared(), path, options);
    }

    /**
     * As {@link #readAllBytes(Path, OpenOption...)}, through a context given.
     *
     * @param aio the context
     * @param path the file
     * @param options as there
     * @return its contents
     */
    public static CompletableFuture<byte[]> readAllBytes(AioContext aio, Path path, OpenOption... options) {
        return FileTasks.run(() -> readWhole(aio, path, options));
    }

    /**
     * Reads a file whole, as text in UTF-8.
     *
     * @param path the file
     * @param options as for {@link #readAllBytes(Path, OpenOption...)}
     * @return its contents; fails with a {@link java.nio.charset.CharacterCodingException} where they are not UTF-8
     */
    public static CompletableFuture<String> readString(Path path, OpenOption... options) {
        AioContext aio = AioContext.shared();
        return FileTasks.run(() -> StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(readWhole(aio, path, options)))
                .toString());
    }

    private static byte[] readWhole(AioContext aio, Path path, OpenOption... options) throws IOException {
        try (AioReadChannel channel = AioReadChannel.open(aio, path, BLOCK_SIZE, DEPTH, options)) {
            long size = channel.size();
            if (size > MAX_ARRAY) {
                throw new IOException(
                        path + " is too long for an array: " + size + " bytes; read it through a channel");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            channel.read(bytes);
            return bytes.hasRemaining() ? Arrays.copyOf(bytes.array(), bytes.position()) : bytes.array();
        }
    }

    /**
     * Opens a file to write it from one end to the other.
     *
     * @param aio the context
     * @param path the file
     * @param blockSize in bytes; rounded up to what the file's alignment asks for
     * @param depth how many blocks are in flight at most; their memory is taken when the channel is opened
     * @param options as for {@link #write(Path, byte[], OpenOption...)}
     * @return the channel, to be closed
     * @throws IOException if the file cannot be opened
     * @throws IllegalArgumentException if options contradict each other, or a number is out of range
     */
    public static AioWriteChannel newWriteChannel(
            AioContext aio, Path path, int blockSize, int depth, OpenOption... options) throws IOException {
        return AioWriteChannel.open(aio, path, blockSize, depth, WriteOptions.of(options));
    }

    /**
     * Opens a file to read it ahead of the reader.
     *
     * @param aio the context
     * @param path the file
     * @param blockSize in bytes; rounded up to what the file's alignment asks for
     * @param depth how many blocks are in flight at most; their memory is taken when the channel is opened
     * @param options {@link AioOpenOption}, {@link java.nio.file.LinkOption#NOFOLLOW_LINKS}
     * @return the channel, to be closed
     * @throws IOException if the file cannot be opened
     * @throws IllegalArgumentException if options contradict each other, or a number is out of range
     */
    public static AioReadChannel newReadChannel(
            AioContext aio, Path path, int blockSize, int depth, OpenOption... options) throws IOException {
        return AioReadChannel.open(aio, path, blockSize, depth, options);
    }

    /**
     * As {@link #newWriteChannel(AioContext, Path, int, int, OpenOption...)}, through the shared context, with eight
     * blocks of 1 MiB.
     *
     * @param path the file
     * @param options as there
     * @return the channel, to be closed
     * @throws IOException if the file cannot be opened
     */
    public static AioWriteChannel newWriteChannel(Path path, OpenOption... options) throws IOException {
        return newWriteChannel(AioContext.shared(), path, BLOCK_SIZE, DEPTH, options);
    }

    /**
     * As {@link #newReadChannel(AioContext, Path, int, int, OpenOption...)}, through the shared context, with eight
     * blocks of 1 MiB, or as many as the file fills.
     *
     * @param path the file
     * @param options as there
     * @return the channel, to be closed
     * @throws IOException if the file cannot be opened
     */
    public static AioReadChannel newReadChannel(Path path, OpenOption... options) throws IOException {
        return newReadChannel(AioContext.shared(), path, BLOCK_SIZE, DEPTH, options);
    }

    /**
     * A file's contents for {@link Flow.Subscriber}s: each subscription opens the file and reads it from its beginning
     * to where it then ends, block by block. No more blocks are read ahead than are asked for.
     *
     * <p>Each buffer is the subscriber's own, on the Java heap: it may keep and change it. Signals come from the threads
     * of this class, one at a time. A subscriber that blocks holds up other files, so one that has more to do hands it
     * to an executor; it must not wait there for another future of this class. One that throws has cancelled. After
     * {@code cancel} the file is closed as soon as the kernel is done with what is in flight.
     *
     * @param aio the context
     * @param path the file
     * @param blockSize of each buffer but the last in bytes; rounded up to what the file's alignment asks for
     * @param depth how many blocks are in flight at most, for each subscription
     * @param options {@link AioOpenOption}, {@link java.nio.file.LinkOption#NOFOLLOW_LINKS}
     * @return the publisher; what the file cannot be opened or read for arrives in {@code onError}
     * @throws IllegalArgumentException if options contradict each other, or a number is out of range
     */
    public static Flow.Publisher<ByteBuffer> newPublisher(
            AioContext aio, Path path, int blockSize, int depth, OpenOption... options) {
        return new FilePublisher(aio, path, blockSize, depth, options);
    }

    /**
     * Writes what a {@link Flow.Publisher} hands out into a file.
     *
     * @param aio the context
     * @param path the file; it is opened, and made or truncated as the options say, when the subscription begins
     * @param blockSize in bytes; rounded up to what the file's alignment asks for
     * @param depth how many blocks are in flight at most, and how many buffers may wait for their turn
     * @param options as for {@link #write(Path, byte[], OpenOption...)}
     * @return the subscriber, for one subscription; {@link AioFileSubscriber#written} tells the end
     * @throws IllegalArgumentException if options contradict each other, or a number is out of range
     */
    public static AioFileSubscriber newSubscriber(
            AioContext aio, Path path, int blockSize, int depth, OpenOption... options) {
        return AioFileSubscriber.of(aio, path, blockSize, depth, WriteOptions.of(options));
    }
}
