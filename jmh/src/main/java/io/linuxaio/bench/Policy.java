package io.linuxaio.bench;

/** The submission policy of a variant; only variants of the same policy are compared. */
public enum Policy {
    /** All that is free is submitted in one system call. */
    BATCH("c-batch"),
    /** Each operation is submitted as its place becomes free; several are in flight. */
    ONE_BY_ONE("c-one"),
    /** Threads with one operation at a time each: as many as the depth says, or as the variant does. */
    THREADS("c-threads");

    private final String reference;

    Policy(String reference) {
        this.reference = reference;
    }

    /** The C program's variant that does likewise. */
    public String reference() {
        return reference;
    }
}
