package io.linuxaio.examples;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** Copies a file block by block with {@code AsynchronousFileChannel}; {@link CopyByAio} does the same. */
final class CopyByChannel {
    private static final int BLOCK = 1 << 16;

    private final AsynchronousFileChannel source;
    private final AsynchronousFileChannel target;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK);
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private long position;

    private CopyByChannel(AsynchronousFileChannel source, AsynchronousFileChannel target) {
        this.source = source;
        this.target = target;
    }

    // @start region="open"
    static void copy(Path from, Path to) throws Exception {
        try (AsynchronousFileChannel source = AsynchronousFileChannel.open(from, READ);
                AsynchronousFileChannel target = AsynchronousFileChannel.open(to, WRITE, CREATE, TRUNCATE_EXISTING);
                FileLock lock = target.lock().get()) {
            if (!lock.isValid()) {
                throw new IOException("the lock on " + to + " is gone");
            }
            CopyByChannel copying = new CopyByChannel(source, target);
            copying.read();
            copying.done.get();
            target.force(false);
        }
    }
    // @end

    // @start region="read"
    private void read() {
        source.read(buffer.clear(), position, null, new CompletionHandler<Integer, Void>() {
            @Override
            public void completed(Integer count, Void nothing) {
                if (count < 0) {
                    done.complete(null);
                } else {
                    buffer.flip();
                    write();
                }
            }

            @Override
            public void failed(Throwable failure, Void nothing) {
                done.completeExceptionally(failure);
            }
        });
    }
    // @end

    // @start region="write"
    private void write() {
        target.write(buffer, position, null, new CompletionHandler<Integer, Void>() {
            @Override
            public void completed(Integer count, Void nothing) {
                position += count;
                if (buffer.hasRemaining()) {
                    write();
                } else {
                    read();
                }
            }

            @Override
            public void failed(Throwable failure, Void nothing) {
                done.completeExceptionally(failure);
            }
        });
    }
    // @end
}
