package io.linuxaio.cli.probe;

import io.linuxaio.cli.text.LatencyHistogram;

/**
 * How long batches of writes took.
 *
 * @param submit until whoever submitted could go on
 * @param done until all of the batch had ended
 */
record SubmitTimes(LatencyHistogram submit, LatencyHistogram done) {
    private static final double MEDIAN = 50;
    private static final double MOST = 0.8;
    private static final double HALF = 0.5;

    /** Whether submitting waits for the writes themselves. */
    enum Blocking {
        NO,
        PARTLY,
        YES
    }

    /** How much of a batch's time is spent inside submit, by the medians, from 0 to 1. */
    double share() {
        long all = done.percentile(MEDIAN);
        return all == 0 ? 1 : Math.min(1, (double) submit.percentile(MEDIAN) / all);
    }

    /**
     * By the share of the time: where the kernel does the work itself there is next to nothing left to wait for
     * afterwards.
     */
    Blocking blocking() {
        double share = share();
        return share >= MOST ? Blocking.YES : share >= HALF ? Blocking.PARTLY : Blocking.NO;
    }
}
