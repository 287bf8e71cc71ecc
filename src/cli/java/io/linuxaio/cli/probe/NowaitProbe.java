package io.linuxaio.cli.probe;

import io.linuxaio.AioArena;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import io.linuxaio.AioRequestFlag;
import io.linuxaio.cli.transfer.GeneratedData;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** Determines by trial if the kernel accepts RWF_NOWAIT for blocks written before, which never requires a wait. */
final class NowaitProbe {
    private static final int ATTEMPTS = 64;
    private static final Duration TIMEOUT = Duration.ofMillis(100);

    private final AioFile file;
    private final AioQueue queue;
    private final MemorySegment block;
    private int result;

    /**
     * The numbers of attempts by outcome.
     *
     * @param taken the number of attempts that succeeded
     * @param refused the number of attempts that would have blocked (EAGAIN)
     * @param unsupported the number of attempts that failed otherwise, such as for an unsupported flag
     */
    record Outcome(int taken, int refused, int unsupported) {
        String words() {
            if (unsupported > 0) {
                return "not supported";
            }
            return refused == 0 ? "works" : refused + " of " + (taken + refused) + " refused";
        }
    }

    /**
     * @param blockSize the size of a block; the file has at least 64 written blocks of that size
     */
    NowaitProbe(AioFile file, AioQueue queue, AioArena arena, int blockSize) throws IOException {
        this.file = file.with(AioRequestFlag.NOWAIT);
        this.queue = queue;
        block = arena.allocate(blockSize);
        GeneratedData.fill(block, 0);
    }

    Outcome reads() {
        return run(true);
    }

    Outcome overwrites() {
        return run(false);
    }

    private Outcome run(boolean read) {
        int taken = 0;
        int refused = 0;
        for (int i = 0; i < ATTEMPTS; i++) {
            int answer = attempt(read, i * block.byteSize());
            taken += answer == block.byteSize() ? 1 : 0;
            refused += wouldBlock(answer) ? 1 : 0;
        }
        return new Outcome(taken, refused, ATTEMPTS - taken - refused);
    }

    private boolean wouldBlock(int answer) {
        return answer < 0
                && AioException.of("attempt", file.path(), -answer).errnoName().equals("EAGAIN");
    }

    private int attempt(boolean read, long position) {
        if (read) {
            queue.prepareRead(file, block, position, 0);
        } else {
            queue.prepareWrite(file, block, position, 0);
        }
        while (queue.inFlight() + queue.prepared() > 0) {
            queue.submit();
            queue.await(1, TIMEOUT, (_, count) -> result = count);
        }
        return result;
    }
}
