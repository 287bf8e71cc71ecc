package io.linuxaio.files;

import io.linuxaio.AioContext;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.concurrent.Flow;

/** Reactive Streams adapters: files as publishers and subscribers of buffers, with back-pressure. */
public final class AioFlow {
    private AioFlow() {}

    /**
     * Returns a publisher of a file's contents. Each subscription opens the file and reads it block by block, from its
     * beginning to its end at that time. No more blocks are read ahead than the subscriber has requested.
     *
     * <p>Each buffer is a new heap buffer, which the subscriber may keep and change. The threads of {@link AioFiles}
     * send the signals, one at a time. A subscriber may block, even until another future of that class completes: its
     * thread is replaced meanwhile, and only its own subscription waits. A subscriber that throws cancels its
     * subscription. After {@code cancel} the file is closed as soon as no operation is in flight.
     *
     * @param aio the context
     * @param path the file
     * @param blockSize the size of each buffer but the last in bytes; rounded up to the file's alignment
     * @param depth the maximum number of blocks in flight for each subscription
     * @param options {@link io.linuxaio.AioOpenOption}, {@link java.nio.file.LinkOption#NOFOLLOW_LINKS}
     * @return the publisher; failures to open or read the file are passed to {@code onError}
     * @throws IllegalArgumentException if options contradict each other, or a number is out of range
     */
    public static Flow.Publisher<ByteBuffer> newPublisher(
            AioContext aio, Path path, int blockSize, int depth, OpenOption... options) {
        return new FilePublisher(aio, path, blockSize, depth, options);
    }

    /**
     * Returns a subscriber that writes the buffers of a {@link Flow.Publisher} to a file.
     *
     * @param aio the context
     * @param path the file; opened when the subscription begins, and created or truncated as the options specify
     * @param blockSize the block size in bytes; rounded up to the file's alignment
     * @param depth the maximum number of blocks in flight, and of queued buffers
     * @param options as for {@link AioFiles#write(Path, byte[], OpenOption...)}
     * @return the subscriber, for one subscription; {@link AioFileSubscriber#written()} completes at its end
     * @throws IllegalArgumentException if options contradict each other, or a number is out of range
     */
    public static AioFileSubscriber newSubscriber(
            AioContext aio, Path path, int blockSize, int depth, OpenOption... options) {
        return AioFileSubscriber.of(aio, path, blockSize, depth, WriteOptions.of(options));
    }
}
