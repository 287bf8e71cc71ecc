package io.linuxaio.cli.probe;

/** What can be written, as far as it matters to who submits. */
enum SubmitKind {
    OVERWRITE("overwrite", "overwriting written blocks"),
    FILL("fill", "filling allocated blocks"),
    APPEND("append", "appending"),
    /** Through a context that hands over what would wait. */
    APPEND_NEVER_BLOCK("append, NB", "appending with NON_BLOCKING");

    private final String label;
    private final String activity;

    SubmitKind(String label, String activity) {
        this.label = label;
        this.activity = activity;
    }

    /** For a column. */
    String label() {
        return label;
    }

    /** For a sentence. */
    String activity() {
        return activity;
    }
}
