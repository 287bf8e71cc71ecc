package io.linuxaio.internal.kernel;

import io.linuxaio.internal.link.LibaioLookup;
import java.lang.foreign.Linker;
import java.util.Optional;

/**
 * The selection of a back end, libaio or raw system calls, with its reason. It is made once in a process.
 *
 * @param kernel the back end, or null if none is available
 * @param backend {@link #LIBAIO} or {@link #SYSCALL}, or null if none is available
 * @param reason one sentence: why this back end, or why none
 */
public record BackendSelector(Kernel kernel, String backend, String reason) {
    /** The system property that forces one of the two back ends. */
    public static final String BACKEND_PROPERTY = "io.linuxaio.backend";

    /** The value of the property for the functions of libaio. */
    public static final String LIBAIO = "libaio";

    /** The value of the property for raw system calls. */
    public static final String SYSCALL = "syscall";

    /** Returns the selection of this process. */
    public static BackendSelector ofProcess() {
        return Holder.CHOICE;
    }

    /** Selects a back end by the value of the property. Visible for tests. */
    static BackendSelector choose(String forced) {
        String os = System.getProperty("os.name");
        if (!"Linux".equals(os)) {
            return none("Linux AIO exists on Linux only; this is " + os);
        }
        Optional<Architecture> architecture = Architecture.of(System.getProperty("os.arch"));
        if (architecture.isEmpty()) {
            return none(
                    "the numbers of system calls are not known for the architecture " + System.getProperty("os.arch"));
        }
        if (!BackendSelector.class.getModule().isNativeAccessEnabled() && nativeAccessIsDenied()) {
            return none("native access is denied; start the JVM with " + nativeAccessFlag());
        }
        RawSyscalls calls = new RawSyscalls(architecture.get());
        // No switch over strings: the JVM would generate code for it at startup.
        if (forced == null || forced.isEmpty()) {
            return chooseFreely(calls);
        } else if (forced.equals(LIBAIO)) {
            return chooseLibaio(calls);
        } else if (forced.equals(SYSCALL)) {
            return syscall(calls, "forced by -D" + BACKEND_PROPERTY + "=" + SYSCALL);
        }
        return none("-D" + BACKEND_PROPERTY + "=" + forced + " is neither " + LIBAIO + " nor " + SYSCALL);
    }

    private static BackendSelector chooseLibaio(RawSyscalls calls) {
        Optional<String> library = LibaioLookup.library();
        String forced = "-D" + BACKEND_PROPERTY + "=" + LIBAIO;
        return library.isPresent()
                ? libaio(calls, library.get(), "forced by " + forced + "; loaded " + library.get())
                : none(forced + " was given, but " + LibaioLookup.missing());
    }

    private static BackendSelector chooseFreely(RawSyscalls calls) {
        Optional<String> library = LibaioLookup.library();
        if (library.isPresent()) {
            return libaio(calls, library.get(), "loaded " + library.get());
        }
        // A library that was named but is missing is an error to be reported, not a reason for a fallback.
        return LibaioLookup.requested().isPresent()
                ? none(LibaioLookup.missing())
                : syscall(calls, LibaioLookup.missing());
    }

    private static BackendSelector libaio(RawSyscalls calls, String library, String reason) {
        return new BackendSelector(new LibaioKernel(calls), LIBAIO, reason);
    }

    private static BackendSelector syscall(RawSyscalls calls, String reason) {
        return new BackendSelector(new SyscallKernel(calls), SYSCALL, reason);
    }

    private static BackendSelector none(String reason) {
        return new BackendSelector(null, null, reason);
    }

    /** Returns the JVM flag that enables native access for this module, or for the class path. */
    public static String nativeAccessFlag() {
        Module module = BackendSelector.class.getModule();
        return "--enable-native-access=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
    }

    // Without the flag, JDK 25 only warns, unless --illegal-native-access=deny or the flag for another module is given.
    @SuppressWarnings("restricted")
    private static boolean nativeAccessIsDenied() {
        try {
            Linker.nativeLinker().defaultLookup().find("close").orElseThrow().reinterpret(0);
            return false;
        } catch (IllegalCallerException denied) {
            return true;
        }
    }

    /** Lazy initialization holder. */
    private static final class Holder {
        static final BackendSelector CHOICE = choose(System.getProperty(BACKEND_PROPERTY));
    }
}
