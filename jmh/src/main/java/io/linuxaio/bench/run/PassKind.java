package io.linuxaio.bench.run;

import java.util.Locale;

/** What a process is asked to do: the names are those of VariantMain and of the C program. */
enum PassKind {
    CHECK,
    MEASURE,
    LATENCY;

    String argument() {
        return name().toLowerCase(Locale.ROOT);
    }
}
