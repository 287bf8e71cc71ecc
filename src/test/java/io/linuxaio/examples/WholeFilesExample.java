package io.linuxaio.examples;

import io.linuxaio.AioContext;
import io.linuxaio.files.AioFileOperations;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioReadChannel;
import io.linuxaio.files.AioWriteChannel;
import io.linuxaio.files.AioWriteOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** Whole files, of any length. */
final class WholeFilesExample {
    private static final int BLOCK = 1 << 20;

    private WholeFilesExample() {}

    static void write(Path directory) {
        // @start region="write"
        AioFiles.write(directory.resolve("output.txt"), "Hello".getBytes()).join();
        // @end
    }

    static int lengthOfBoth(Path one, Path other) {
        // @start region="read"
        CompletableFuture<byte[]> first = AioFiles.readAllBytes(one);
        CompletableFuture<byte[]> second = AioFiles.readAllBytes(other);
        return first.join().length + second.join().length;
        // @end
    }

    static void replace(AioContext aio, Path path, byte[] contents) {
        // @start region="using"
        AioFileOperations files = AioFiles.using(aio).withBlockSize(256 << 10).withDepth(4);
        files.write(path, contents, AioWriteOption.ATOMIC_REPLACE).join();
        // @end
    }

    static void copy(AioContext aio, Path from, Path to) throws IOException {
        // @start region="channels"
        AioFileOperations files = AioFiles.using(aio).withBlockSize(BLOCK).withDepth(4);
        ByteBuffer buffer = ByteBuffer.allocate(BLOCK);
        try (AioReadChannel in = files.newReadChannel(from);
                AioWriteChannel out = files.newWriteChannel(to)) {
            while (in.read(buffer) >= 0) {
                out.write(buffer.flip());
                buffer.clear();
            }
        }
        // @end
    }
}
