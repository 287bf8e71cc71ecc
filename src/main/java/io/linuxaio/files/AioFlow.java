package io.linuxaio.files;

import io.linuxaio.AioContext;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.concurrent.Flow;

/** Files as streams of buffers with back-pressure, by the rules of Reactive Streams. */
public final class AioFlow {
    private AioFlow() {}

    /**
     * A file's contents for {@link Flow.Subscriber}s: each subscription opens the file and reads it from its beginning
     * to where it then ends, block by block. No more blocks are read ahead than are asked for.
     *
     * <p>Each buffer is the subscriber's own, on the Java heap: it may keep and change it. Signals come from the threads
     * of {@link AioFiles}, one at a time. A subscriber may block, also until another future of that class completes:
     * its thread is replaced meanwhile, and only its own subscription waits. One that throws has cancelled. After
     * {@code cancel} the file is closed as soon as the kernel is done with what is in flight.
     *
     * @param aio the context
     * @param path the file
     * @param blockSize of each buffer but the last in bytes; rounded up to what the file's alignment asks for
     * @param depth how many blocks are in flight at most, for each subscription
     * @param options {@link io.linuxaio.AioOpenOption}, {@link java.nio.file.LinkOption#NOFOLLOW_LINKS}
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
     * @param options as for {@link AioFiles#write(Path, byte[], OpenOption...)}
     * @return the subscriber, for one subscription; {@link AioFileSubscriber#written()} tells the end
     * @throws IllegalArgumentException if options contradict each other, or a number is out of range
     */
    public static AioFileSubscriber newSubscriber(
            AioContext aio, Path path, int blockSize, int depth, OpenOption... options) {
        return AioFileSubscriber.of(aio, path, blockSize, depth, WriteOptions.of(options));
    }
}
