package io.linuxaio;

/** Modules of the JDK without which the library works, with a feature less. */
final class OptionalModule {
    private OptionalModule() {}

    /** Whether a module is there, and its classes can be used here. */
    static boolean isThere(String name) {
        Module own = OptionalModule.class.getModule();
        return ModuleLayer.boot().findModule(name).filter(own::canRead).isPresent();
    }
}
