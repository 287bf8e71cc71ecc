package io.linuxaio.log;

/** The moment at which the future of an append completes, and what survives a power failure. */
public enum LogDurability {
    /** The future completes when the record is durable. Neither a killed process nor a power failure loses it. */
    ALWAYS,

    /**
     * The future completes when the record is written; a sync follows within {@linkplain LogWriter.Builder#syncInterval the
     * interval}. A killed process loses no completed record. A power failure loses at most those of about one interval.
     */
    INTERVAL,

    /**
     * The future completes when the record is written. The log syncs when a segment is full, when it is closed, and if
     * {@link LogWriter#sync} asks for it. A killed process loses no completed record; a power failure may lose all since
     * the last sync.
     */
    NONE
}
