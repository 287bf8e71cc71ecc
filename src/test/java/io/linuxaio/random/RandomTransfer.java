package io.linuxaio.random;

import io.linuxaio.AioBatch;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import io.linuxaio.random.ModelledFile.Reservation;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** A read or a write of a {@link RandomWalk}, and its effect on the model. */
final class RandomTransfer {
    private static final int MAX_UNITS = 40;
    private static final long LARGEST_UNIT = 4096;

    /** The maximum length of a transfer. */
    static final long LARGEST = MAX_UNITS * LARGEST_UNIT;

    private final RandomWalk walk;
    private final ModelledFile file;
    private final Reservation reservation;
    private final int position;
    private final MemorySegment memory;
    private final byte[] bytes;
    private final MemorySegment[] parts;

    private RandomTransfer(
            RandomWalk walk,
            ModelledFile file,
            Reservation reservation,
            int position,
            MemorySegment memory,
            byte[] bytes,
            MemorySegment[] parts) {
        this.walk = walk;
        this.file = file;
        this.reservation = reservation;
        this.position = position;
        this.memory = memory;
        this.bytes = bytes;
        this.parts = parts;
    }

    /** Returns a random transfer, or null if others have reserved the units. */
    static RandomTransfer draw(RandomWalk walk, Random random, MemorySegment buffer) {
        ModelledFile file = walk.file(random);
        boolean write = random.nextBoolean();
        boolean vectored = random.nextInt(3) == 0;
        int units = 1 + random.nextInt(MAX_UNITS);
        double cut = random.nextDouble();
        Reservation reservation = random.nextInt(8) == 0 ? file.reserveTail(random) : file.take(random, units);
        if (reservation == null) {
            return null;
        }
        int count = Math.min(units, reservation.units());
        int first = reservation.first() + random.nextInt(Math.min(reservation.units() - count, MAX_UNITS) + 1);
        MemorySegment memory = buffer.asSlice(0, (long) count * file.unit());
        byte[] bytes = null;
        if (write) {
            bytes = new byte[(int) memory.byteSize()];
            random.nextBytes(bytes);
            memory.copyFrom(MemorySegment.ofArray(bytes));
        } else {
            memory.fill(ModelledFile.UNREAD);
        }
        long middle = (long) (cut * (count + 1)) * file.unit();
        MemorySegment[] parts = {memory.asSlice(0, middle), memory.asSlice(middle)};
        return new RandomTransfer(walk, file, reservation, first * file.unit(), memory, bytes, vectored ? parts : null);
    }

    /** Returns a read of the written bytes into the same memory, which must still be valid. */
    RandomTransfer readBack() {
        memory.fill(ModelledFile.UNREAD);
        return new RandomTransfer(walk, file, reservation, position, memory, null, parts);
    }

    boolean isWrite() {
        return bytes != null;
    }

    private void count() {
        walk.tally().count(OperationCounts.Kind.ofTransfer(isWrite(), parts != null));
    }

    CompletableFuture<Integer> submit(AioContext context) {
        AioFile to = file.file();
        CompletableFuture<Integer> future = parts == null
                ? isWrite() ? context.write(to, memory, position) : context.read(to, memory, position)
                : isWrite() ? context.writev(to, parts, position) : context.readv(to, parts, position);
        count();
        return future;
    }

    CompletableFuture<Integer> add(AioBatch batch) {
        AioFile to = file.file();
        CompletableFuture<Integer> future = parts == null
                ? isWrite() ? batch.write(to, memory, position) : batch.read(to, memory, position)
                : isWrite() ? batch.writev(to, parts, position) : batch.readv(to, parts, position);
        count();
        walk.tally().count(OperationCounts.Kind.IN_BATCHES);
        return future;
    }

    boolean prepare(AioQueue queue, long token) {
        AioFile to = file.file();
        count();
        walk.tally().count(OperationCounts.Kind.THROUGH_QUEUES);
        return parts == null
                ? isWrite()
                        ? queue.prepareWrite(to, memory, position, token)
                        : queue.prepareRead(to, memory, position, token)
                : isWrite()
                        ? queue.prepareWritev(to, parts, position, token)
                        : queue.prepareReadv(to, parts, position, token);
    }

    long length() {
        return memory.byteSize();
    }

    boolean usesMemoryOf(MemorySegment buffer) {
        return memory.address() == buffer.address();
    }

    /** Records a success with so many bytes, and no more available. */
    void succeeded(int count) {
        long wanted = isWrite() ? length() : file.readable(position, (int) length());
        if (count != wanted) {
            throw new AssertionError(count + " bytes of " + length() + " were transferred at " + position + " of "
                    + file.file() + ", not " + wanted);
        }
        if (isWrite()) {
            file.written(position, bytes);
        } else {
            file.read(position, memory, count);
        }
    }

    /** Records a failure that reports so many bytes. */
    void failedAfter(long moved) {
        if (isWrite()) {
            file.writtenInPart(position, bytes, moved);
        } else {
            file.readInPart(position, memory, moved);
        }
    }

    /** Records the end of an operation with an unknown outcome. */
    void endedUnreported() {
        if (walk.isFaulty()) {
            failedAfter(0);
        } else {
            succeeded(isWrite() ? (int) length() : file.readable(position, (int) length()));
        }
    }

    /** Releases the reserved units. */
    void release() {
        file.release(reservation);
    }
}
