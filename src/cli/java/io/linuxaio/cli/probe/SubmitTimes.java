package io.linuxaio.cli.probe;

import io.linuxaio.cli.text.LatencyHistogram;

/**
 * The times of batches of writes.
 *
 * @param submit the times until the submission returned
 * @param done the times until the whole batch had completed
 */
record SubmitTimes(LatencyHistogram submit, LatencyHistogram done) {
    private static final double MEDIAN = 50;
    private static final double MOST = 0.8;
    private static final double HALF = 0.5;

    /** The degree to which submitting waits for the writes themselves. */
    enum Blocking {
        NO,
        PARTLY,
        YES
    }

    /** Returns the share of a batch's time spent inside submit, by the medians, from 0 to 1. */
    double share() {
        long all = done.percentile(MEDIAN);
        return all == 0 ? 1 : Math.min(1, (double) submit.percentile(MEDIAN) / all);
    }

    /**
     * Classifies the kind by that share. If the kernel does the work inside submit, next to no time is left afterwards.
     */
    Blocking blocking() {
        double share = share();
        return share >= MOST ? Blocking.YES : share >= HALF ? Blocking.PARTLY : Blocking.NO;
    }
}
