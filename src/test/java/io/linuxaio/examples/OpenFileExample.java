package io.linuxaio.examples;

import io.linuxaio.AioAllocateMode;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioFile;
import io.linuxaio.AioFileLock;
import io.linuxaio.files.AioReadChannel;
import io.linuxaio.files.AioWriteChannel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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

    // @start region="many"
    /** Reads the candidates of a search: those that lie close together with one operation. */
    static MemorySegment[] candidates(AioFile file, long[] positions, int length) throws IOException {
        MemorySegment[] candidates = new MemorySegment[positions.length];
        Arrays.setAll(candidates, i -> MemorySegment.ofArray(new byte[length]));
        file.readMany(candidates, positions);
        return candidates;
    }
    // @end

    // @start region="channels"
    /** Reads the fields of two records by channels over one open file and one pool. */
    static int sum(AioFile file, AioBufferPool pool, long first, long second, int length) throws IOException {
        ByteBuffer fields = ByteBuffer.allocate(2 * Integer.BYTES);
        try (AioReadChannel one = AioReadChannel.over(file, first, first + length, pool);
                AioReadChannel other = AioReadChannel.over(file, second, second + length, pool)) {
            one.read(fields.limit(Integer.BYTES));
            other.read(fields.limit(2 * Integer.BYTES));
        }
        return fields.getInt(0) + fields.getInt(Integer.BYTES);
    }

    /** Appends lines to a log: others see each line at once, and all lines are durable at the end. */
    static void log(AioFile file, AioBufferPool pool, List<String> lines) throws IOException {
        try (AioWriteChannel log = AioWriteChannel.over(file, file.size(), pool)) {
            for (String line : lines) {
                log.write(StandardCharsets.UTF_8.encode(line + "\n"));
                log.flush();
            }
            log.force(false);
        }
    }
    // @end

    // @start region="recycle"
    /** Makes a segment of a log ready for reuse, unless another process has locked it. */
    static boolean recycle(AioFile segment, long length) throws IOException {
        Optional<AioFileLock> lock = segment.tryLock(false);
        if (lock.isEmpty()) {
            return false;
        }
        try (AioFileLock held = lock.get()) {
            segment.allocate(AioAllocateMode.ZERO_RANGE, 0, length);
            segment.force(false);
            return held.isValid();
        }
    }
    // @end
}
