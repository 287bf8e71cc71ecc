package io.linuxaio;

import java.util.Optional;

/** The optional modules of the JDK: without one, the library works and lacks a feature. */
final class PlatformModules {
    private PlatformModules() {}

    /**
     * Requires a module. To be called outside the classes that use it: their verification may load missing classes.
     *
     * @param name the name of the module
     * @param purpose the purpose of the module, in words
     * @throws UnsupportedOperationException if the module is missing
     */
    static void require(String name, String purpose) {
        if (!isThere(name)) {
            throw new UnsupportedOperationException("there is no module " + name + " " + purpose
                    + ": start Java with --add-modules " + name + ", or make the image with it");
        }
    }

    /** Returns {@code true} if a module is present and readable. */
    static boolean isThere(String name) {
        Optional<Module> module = ModuleLayer.boot().findModule(name);
        return module.isPresent() && PlatformModules.class.getModule().canRead(module.get());
    }
}
