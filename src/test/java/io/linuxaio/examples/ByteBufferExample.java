package io.linuxaio.examples;

import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferAllocator;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes a byte buffer and reads it back. */
final class ByteBufferExample {
    private ByteBufferExample() {}

    /** Writes a text, padded to a block, and returns the first bytes that are read back. */
    static String writeAndRead(Path path, String text) throws IOException {
        // @start region="allocator"
        try (AioContext context = AioContext.builder().open();
                AioBufferAllocator allocator = AioBufferAllocator.open();
                AioFile file = context.open(
                        path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                AioBuffer buffer = allocator.allocate(4096)) {
            ByteBuffer bytes = buffer.asByteBuffer();
            bytes.put(StandardCharsets.UTF_8.encode(text)).clear();
            file.write(bytes, 0).join();
            bytes.limit(file.read(bytes, 0).join());
            return StandardCharsets.UTF_8.decode(bytes).toString();
        }
        // @end
    }
}
