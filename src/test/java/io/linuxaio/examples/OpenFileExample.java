package io.linuxaio.examples;

import io.linuxaio.AioFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Reads and writes of any position and length on an open file. */
final class OpenFileExample {
    private OpenFileExample() {}

    // @start region="record"
    /** Writes a record of any length at any position, and reads it back. */
    static byte[] rewrite(AioFile file, byte[] record, long position) throws IOException {
        file.writeFully(record, 0, record.length, position);
        byte[] found = new byte[record.length];
        file.readFully(found, 0, found.length, position);
        return found;
    }
    // @end

    // @start region="vectors"
    /** Reads vectors of 3,072 bytes at the same time. */
    static ByteBuffer[] vectors(AioFile file, long[] positions) {
        ByteBuffer[] vectors = new ByteBuffer[positions.length];
        CompletableFuture<?>[] reads = new CompletableFuture<?>[positions.length];
        for (int i = 0; i < positions.length; i++) {
            vectors[i] = ByteBuffer.allocate(3072);
            reads[i] = file.readFullyAsync(vectors[i], positions[i]);
        }
        for (CompletableFuture<?> read : reads) {
            // This thread reaps while it waits, which it does not for allOf(reads).
            read.join();
        }
        return vectors;
    }
    // @end
}
