package io.linuxaio.files;

import io.linuxaio.AioContext;
import io.linuxaio.internal.access.CoreAccess;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Flow;

/** A publisher of a file's contents, which each subscription reads anew. */
final class FilePublisher implements Flow.Publisher<ByteBuffer> {
    private final AioContext aio;
    private final Path path;
    private final int blockSize;
    private final int depth;
    private final OpenOption[] options;

    FilePublisher(AioContext aio, Path path, int blockSize, int depth, OpenOption... options) {
        BlockBufferRing.check(blockSize, depth);
        CoreAccess.core()
                .opensForWriting(WriteOptions.set(options)); // throws for invalid options, before a subscription
        this.aio = Objects.requireNonNull(aio, "aio");
        this.path = Objects.requireNonNull(path, "path");
        this.blockSize = blockSize;
        this.depth = depth;
        this.options = options.clone();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        new FileSubscription(subscriber, () -> AioReadChannel.open(aio, path, blockSize, depth, options)).begin();
    }

    @Override
    public String toString() {
        return "publisher of " + path;
    }
}
