package io.linuxaio.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** The registry of variants. */
public final class Variants {
    private static final Variants ALL = load();

    private final Map<String, Variant> byName = new LinkedHashMap<>();
    private final List<String> broken = new ArrayList<>();

    private Variants() {}

    private static Variants load() {
        Variants variants = new Variants();
        for (ServiceLoader.Provider<Variant> provider : providers()) {
            try {
                Variant variant = provider.get();
                variants.byName.put(variant.name(), variant);
            } catch (ServiceConfigurationError | LinkageError e) {
                variants.broken.add(provider.type().getName() + ": " + e);
            }
        }
        return variants;
    }

    private static List<ServiceLoader.Provider<Variant>> providers() {
        try (Stream<ServiceLoader.Provider<Variant>> stream = ServiceLoader.load(Variant.class).stream()) {
            return stream.toList();
        }
    }

    /** All that can be loaded, linux-aio's first. */
    public static List<Variant> all() {
        return List.copyOf(ALL.byName.values());
    }

    /** Classes that cannot be loaded, and why. */
    public static List<String> broken() {
        return List.copyOf(ALL.broken);
    }

    /** The one of this name. */
    public static Optional<Variant> named(String name) {
        return Optional.ofNullable(ALL.byName.get(name));
    }
}
