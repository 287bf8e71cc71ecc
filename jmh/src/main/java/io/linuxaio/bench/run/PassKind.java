package io.linuxaio.bench.run;

import java.util.Locale;

/** The kinds of passes, with the names that VariantMain and the C program use. */
enum PassKind {
    CHECK,
    MEASURE,
    LATENCY;

    String argument() {
        return name().toLowerCase(Locale.ROOT);
    }
}
