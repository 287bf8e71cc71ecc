package io.linuxaio;

import java.util.Optional;

/** Modules of the JDK without which the library works, with a feature less. */
final class PlatformModules {
    private PlatformModules() {}

    /**
     * Throws where a module is missing. Not for the classes that use it: to verify them the JVM may load what is not there.
     *
     * @param name the module's
     * @param purpose what it is wanted for
     */
    static void require(String name, String purpose) {
        if (!isThere(name)) {
            throw new UnsupportedOperationException("there is no module " + name + " " + purpose
                    + ": start Java with --add-modules " + name + ", or make the image with it");
        }
    }

    /** Whether a module is there, and its classes can be used here. */
    static boolean isThere(String name) {
        Optional<Module> module = ModuleLayer.boot().findModule(name);
        return module.isPresent() && PlatformModules.class.getModule().canRead(module.get());
    }
}
