package io.linuxaio.cli.probe;

/** The kinds of writes that may block the submitting thread differently. */
enum SubmitKind {
    OVERWRITE("overwrite", "overwriting written blocks"),
    FILL("fill", "filling allocated blocks"),
    APPEND("append", "appending"),
    /** Appending through a context that offloads blocking operations. */
    APPEND_NON_BLOCKING("append, NB", "appending with NON_BLOCKING");

    private final String label;
    private final String activity;

    SubmitKind(String label, String activity) {
        this.label = label;
        this.activity = activity;
    }

    /** Returns the label of a row. */
    String label() {
        return label;
    }

    /** Returns the words for a sentence. */
    String activity() {
        return activity;
    }
}
