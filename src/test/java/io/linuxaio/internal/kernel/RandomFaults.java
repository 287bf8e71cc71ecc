package io.linuxaio.internal.kernel;

import java.util.Random;

/**
 * Random faults derived from a seed: only those that a kernel may cause, but far more often. Guarded by the kernel's
 * lock.
 */
final class RandomFaults extends FakeFaults {
    private static final int BLOCK = FakeFile.BLOCK;

    /** Each fault is logged as an error, so there are few. */
    private static final int REQUESTS_PER_DUPLICATE = 5000;

    private final Random random;

    RandomFaults(long seed) {
        random = new Random(seed);
    }

    private boolean once(int in) {
        return random.nextInt(in) == 0;
    }

    private int one(int... errnos) {
        return -errnos[random.nextInt(errnos.length)];
    }

    @Override
    int failure(FakeCall call) {
        return switch (call) {
            case SUBMIT -> once(40) ? one(Errno.EAGAIN, Errno.EINTR) : 0;
            // The reaper logs what is not EINTR, and pauses.
            case GET_EVENTS -> once(20) ? -Errno.EINTR : once(20_000) ? -Errno.EAGAIN : 0;
            case SETUP -> once(4) ? one(Errno.EAGAIN, Errno.ENOMEM, Errno.EINTR) : 0;
            case FTRUNCATE, FALLOCATE -> once(10) ? one(Errno.EIO, Errno.EINTR, Errno.ENOSPC) : 0;
            default -> 0;
        };
    }

    @Override
    long acceptable(long count) {
        return once(10) ? random.nextLong(count + 1) : count;
    }

    @Override
    int refusal(FakeRequest request) {
        return !request.device() && once(200) ? one(Errno.ENOMEM, Errno.EBADF, Errno.EIO) : 0;
    }

    @Override
    FakeOutcome outcome(FakeRequest request) {
        int kind = request.device() ? 100 : random.nextInt(100);
        if (kind < 4) {
            return FakeOutcome.interrupted();
        } else if (kind < 7) {
            return FakeOutcome.error(-one(Errno.EIO, Errno.ENOSPC, Errno.EAGAIN));
        } else if (kind < 25 && !request.isSync() && request.length() > BLOCK) {
            return cutShort(request);
        } else if (kind < 27 && request.isWrite()) {
            // The bytes are in the file, at least in part, and the write reports a failure.
            return new FakeOutcome(1 + random.nextLong(request.length()), one(Errno.EIO, Errno.ENOSPC));
        }
        return FakeOutcome.NORMAL;
    }

    /** A write stops anywhere; a read stops inside a block only at the end of the file. */
    private FakeOutcome cutShort(FakeRequest request) {
        long max = request.length();
        return FakeOutcome.shortBy(
                request.isRead() || random.nextBoolean()
                        ? BLOCK * (1 + random.nextLong((max - 1) / BLOCK))
                        : random.nextLong(max));
    }

    @Override
    boolean duplicatesThis(FakeRequest request) {
        return !request.device() && once(REQUESTS_PER_DUPLICATE);
    }
}
