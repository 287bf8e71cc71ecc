package io.linuxaio.flashkv.store;

/** Commands of one connection that run one behind the other, as far as others are concerned at one moment. */
public interface Batch {
    /** The length at which a connection ends a batch. It has at most this and one request. */
    int MAX_PIPELINE = 256 << 10;

    /**
     * Runs the commands. If the log refuses what they wrote, they run again, with a view that refuses writes; then the outcome
     * of this run counts.
     */
    void run(View view);

    /** Returns a bound of the bytes that the writes of this batch take in the log. */
    int maxRecordSize();
}
