package io.linuxaio.powerfailures;

import java.util.Random;

/**
 * A power failure at an entry of a write log. A write reaches the disk in whole sectors. It is certain to have done so if
 * a flush follows it before the failure; of the others any may be lost.
 */
final class PowerFailure {
    /** The largest number of flushes that a faulty disk forgets. */
    private static final int MAX_FORGOTTEN = 16;

    private final int entry;
    // For each entry before the failure.
    private final long[] sectorsKept;

    private PowerFailure(WriteLog log, int entry) {
        this.entry = entry;
        sectorsKept = new long[entry];
        for (int i = 0; i < entry; i++) {
            sectorsKept[i] = log.get(i).sectors();
        }
    }

    /**
     * Chooses a failure of a good disk. It loses all writes that need not be durable, none, or some, and of these may
     * write one in part.
     *
     * @param first the first entry before which it may happen
     * @param last the last entry before which it may happen
     */
    static PowerFailure choose(WriteLog log, int first, int last, Random random) {
        PowerFailure failure = new PowerFailure(log, first + random.nextInt(last - first + 1));
        int percentLost = random.nextInt(3) * 50;
        int torn = -1;
        int unflushed = 0;
        for (int i = log.lastFlushBefore(failure.entry); i < failure.entry; i++) {
            WriteLog.Entry write = log.get(i);
            if (!write.isWrite() || write.isDurable()) {
                continue;
            }
            if (random.nextInt(100) < percentLost) {
                failure.sectorsKept[i] = 0;
            }
            unflushed++;
            // Each with the same probability.
            if (percentLost == 50 && random.nextInt(unflushed) == 0) {
                torn = i;
            }
        }
        if (torn >= 0 && random.nextBoolean()) {
            failure.sectorsKept[torn] = random.nextLong(log.get(torn).sectors());
        }
        return failure;
    }

    /** Chooses a failure of a faulty disk, which loses everything since an earlier flush although others followed. */
    static PowerFailure chooseWithForgottenFlushes(WriteLog log, int first, int last, Random random) {
        PowerFailure failure = new PowerFailure(log, first + random.nextInt(last - first + 1));
        int flush = log.lastFlushBefore(failure.entry);
        for (int forgotten = 1 + random.nextInt(MAX_FORGOTTEN); forgotten > 0; forgotten--) {
            flush = log.lastFlushBefore(flush);
        }
        for (int i = flush; i < failure.entry; i++) {
            failure.sectorsKept[i] = 0;
        }
        return failure;
    }

    /** Returns the entry before which the power failed. */
    int entry() {
        return entry;
    }

    /** Returns the number of sectors of a write, from its beginning, that reached the disk. */
    long sectorsKept(int write) {
        return sectorsKept[write];
    }
}
