package io.linuxaio.internal.link;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Optional;

/**
 * Symbol lookup in libaio for the generated bindings.
 *
 * <p>The library is loaded when a symbol or its name is first requested. Distributions name the library
 * differently: {@code libaio.so.1t64} where {@code time_t} was widened (Debian 13, Ubuntu 24.04), {@code libaio.so.1}
 * elsewhere; only development packages contain {@code libaio.so}. The system property
 * {@value #LIBRARY_PROPERTY} specifies another file or soname, which is then the only one tried.
 */
public final class LibaioLookup {
    /** The system property for the library to load instead of the usual ones: a soname or a path. */
    public static final String LIBRARY_PROPERTY = "io.linuxaio.library";

    private static final List<String> SONAMES = List.of("libaio.so.1t64", "libaio.so.1", "libaio.so");

    private LibaioLookup() {}

    /**
     * Returns the lookup for the bindings. If there is no library, it throws an {@link UnsatisfiedLinkError} that lists
     * the names tried.
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

    /** Returns the name under which libaio was loaded, or empty if it was not. */
    public static Optional<String> library() {
        return Optional.ofNullable(Loaded.LIBRARY.name);
    }

    /** Returns the name that the system property {@value #LIBRARY_PROPERTY} specifies, or empty. */
    public static Optional<String> requested() {
        String name = System.getProperty(LIBRARY_PROPERTY);
        return name == null || name.isBlank() ? Optional.empty() : Optional.of(name);
    }

    /** Returns the reason why there is no library, and the package to install. */
    public static String missing() {
        return requested()
                .map(name -> "the library named by -D" + LIBRARY_PROPERTY + "=" + name
                        + " cannot be loaded as libaio; correct the name, or leave the property out")
                .orElse("libaio is not installed (tried " + String.join(", ", SONAMES)
                        + "); install the package libaio1t64 or libaio1 (Debian, Ubuntu), or libaio (Fedora, RHEL,"
                        + " SUSE, Arch, Alpine)");
    }

    /** A loaded library; both components are null if none was loaded. */
    private record Library(String name, SymbolLookup lookup) {}

    /** Lazy initialization holder. */
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

        // The library stays loaded for the life of the process: unloading it would leave dangling method handles.
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
