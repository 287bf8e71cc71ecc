package io.linuxaio.internal.link;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Optional;

/**
 * Finds libaio's functions for the generated bindings.
 *
 * <p>Nothing is loaded before the first symbol, or the library's name, is asked for. Distributions name the library
 * differently: {@code libaio.so.1t64} where {@code time_t} was widened (Debian 13, Ubuntu 24.04), {@code libaio.so.1}
 * elsewhere; {@code libaio.so} comes with development packages alone. The system property
 * {@value #LIBRARY_PROPERTY} names another file or soname, which is then the only one tried.
 */
public final class LibaioLookup {
    /** Names the library to load instead of the usual ones: a soname or a path. */
    public static final String LIBRARY_PROPERTY = "io.linuxaio.library";

    private static final List<String> SONAMES = List.of("libaio.so.1t64", "libaio.so.1", "libaio.so");

    private LibaioLookup() {}

    /**
     * The lookup that the bindings go through. Asking it for a symbol when there is no library throws an
     * {@link UnsatisfiedLinkError} that names what was tried.
     */
    public static SymbolLookup symbols() {
        return new SymbolLookup() {
            @Override
            public Optional<MemorySegment> find(String symbol) {
                if (Loaded.LIBRARY.lookup == null) {
                    throw new UnsatisfiedLinkError(missing());
                }
                return Loaded.LIBRARY.lookup.find(symbol);
            }
        };
    }

    /** The name under which libaio was loaded, or empty where there is none. */
    public static Optional<String> library() {
        return Optional.ofNullable(Loaded.LIBRARY.name);
    }

    /** The library's name as the user gave it in {@value #LIBRARY_PROPERTY}, or empty. */
    public static Optional<String> requested() {
        String name = System.getProperty(LIBRARY_PROPERTY);
        return name == null || name.isBlank() ? Optional.empty() : Optional.of(name);
    }

    /** Why there is no library, and what to install. */
    public static String missing() {
        return requested()
                .map(name -> "the library named by -D" + LIBRARY_PROPERTY + "=" + name
                        + " cannot be loaded as libaio; correct the name, or leave the property out")
                .orElse("libaio is not installed (tried " + String.join(", ", SONAMES)
                        + "); install the package libaio1t64 or libaio1 (Debian, Ubuntu), or libaio (Fedora, RHEL,"
                        + " SUSE, Arch, Alpine)");
    }

    /** What was loaded: both null where nothing was. */
    private record Library(String name, SymbolLookup lookup) {}

    /** Loads on first use. */
    private static final class Loaded {
        static final Library LIBRARY = load();

        private static Library load() {
            List<String> names = requested().isPresent() ? List.of(requested().get()) : SONAMES;
            for (String name : names) {
                SymbolLookup lookup = open(name);
                if (lookup != null && lookup.find("io_submit").isPresent()) {
                    return new Library(name, lookup);
                }
            }
            return new Library(null, null);
        }

        // The library stays for the life of the process: an unloaded one would leave dangling method handles.
        @SuppressWarnings("restricted")
        private static SymbolLookup open(String name) {
            try {
                return SymbolLookup.libraryLookup(name, Arena.global());
            } catch (IllegalArgumentException notLoadable) {
                return null;
            }
        }
    }
}
